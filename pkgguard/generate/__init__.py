"""Turning guards into relations, each with its reasons."""
