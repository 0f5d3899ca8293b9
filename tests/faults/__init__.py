"""What happens when something dies: a worker between any two of its writes, the database under load."""
