"""What attackers try, tried against a real server; each a hole that somebody else once had."""
