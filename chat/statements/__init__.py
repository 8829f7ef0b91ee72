"""Statements that run over and over, built once."""
