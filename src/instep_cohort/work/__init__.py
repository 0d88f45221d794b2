"""What a record says of work: certified sickness, dated statuses, and the order of letters."""
