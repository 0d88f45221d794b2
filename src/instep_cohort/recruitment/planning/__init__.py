"""How many letters, practices and months it takes: from published or own figures, as intervals."""
