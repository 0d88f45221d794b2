"""Makes up replies to the letters of a mail file, so that the tutorial can go on without people.

    python make_up_replies.py letters/B1-mail.PROCESSOR-MAIL.csv replies.csv 2026-11-16

Of each eight letters two come back as interested, one declines, and one in forty asks never to be
written to again; the study's own row has arrived. It stands for post and telephone.
"""

from __future__ import annotations

import csv
import sys

REPLIES = {1: "interested", 4: "interested", 6: "declined"}


def main(mail: str, replies: str, day: str) -> None:
    """Writes the file of replies."""
    with open(mail, encoding="utf-8", newline="") as lines:
        ids = [row["Custom 5 Invite ID"] for row in csv.DictReader(lines)]
    with open(replies, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("invite_id", "reply", "received_on", "channel", "work_status"))
        for place, invite_id in enumerate(ids):
            reply = REPLIES.get(place % 8) if place else "do_not_write"
            if reply:
                status = "out_of_work" if place % 16 == 1 else "in_work"
                asked = status if reply == "interested" else ""
                writer.writerow((invite_id, reply, day, "phone", asked))


if __name__ == "__main__":
    main(*sys.argv[1:])
