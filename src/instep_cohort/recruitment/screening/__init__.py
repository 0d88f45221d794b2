"""The screening list: out to a clinician, and their decisions back into the ledger."""
