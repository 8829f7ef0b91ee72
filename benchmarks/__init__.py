"""How fast the chat is, beside what people would use instead: `make bench` (docs/performance.md)."""
