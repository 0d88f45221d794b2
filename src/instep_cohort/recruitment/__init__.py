"""From candidates to invitations: screening, the ledger, letters, and the counts that may leave."""
