"""What is wrong with an extract, by level of mess.

0 nothing; 1 rows as they are in any practice (`untidy`); 2 codes, ids and people as well
(`odd_rows`, `odd_people`); 3 files and lines as well (`odd_files`, `unreadable`).
"""
