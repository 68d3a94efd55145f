"""A calendar as text after RFC 5545: lines of at most 75 octets ended by CRLF, text escaped, whole days as dates."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST = 75
"""Octets of a line without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Event:
    """A whole day with a title. ``uid`` must stay the same for the same thing and be no other's in the world."""

    uid: str
    day: datetime.date
    title: str


def calendar(name: str, events: Iterable[Event], *, now: datetime.datetime) -> str:
    """The whole file. ``now`` is when it was made, with its time zone."""
    stamp = f"{now.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"
    return "".join(f"{line}\r\n" for content in _lines(name, events, stamp) for line in folded(content))


def _lines(name: str, events: Iterable[Event], stamp: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jiheng//Duties//ZH", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}")
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H")
    for event in events:
        after = event.day + datetime.timedelta(days=1)
        yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{stamp}")
        yield from (f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}")
        yield from (f"SUMMARY:{escaped(event.title)}", "TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def escaped(text: str) -> str:
    """Text as a value (3.3.11): backslash, semicolon, comma and line ends escaped, other control signs left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\n", "\\n")
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f")


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each after the first begun by a space, no character split (3.1)."""
    piece, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + octets
    yield piece
