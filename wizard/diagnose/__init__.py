"""What a router's programs say, and what it means."""
