"""`python -m instep_cohort`: the command line."""

from instep_cohort.cli.starting import start

if __name__ == "__main__":
    start()
