"""Letters as files: plain text, Markdown and Word, each read into the lines of a letter."""
