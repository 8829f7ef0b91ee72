"""What DRF alone costs: views beside the chat's own, in the same process, behind the same middleware and tokens."""
