"""The letter to start from, as text and as a Word document."""
