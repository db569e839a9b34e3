"""Does a message's name state what happened, or tell somebody to act? By a word list; else it cannot be told."""

from __future__ import annotations

import re

# Verb -> its past participle where that is not formed by -ed.
_IRREGULAR_WORDS = """
be:been become:become begin:begun bind:bound break:broken bring:brought build:built buy:bought
choose:chosen come:come do:done draw:drawn drive:driven find:found forget:forgotten freeze:frozen
get:got give:given go:gone grow:grown hold:held keep:kept leave:left lend:lent lose:lost make:made
meet:met pay:paid rebuild:rebuilt resend:resent rewrite:rewritten run:run see:seen sell:sold
send:sent shut:shut sign:signed spend:spent split:split steal:stolen stop:stopped take:taken
tell:told think:thought throw:thrown undo:undone withdraw:withdrawn withhold:withheld write:written
ship:shipped plan:planned drop:dropped map:mapped submit:submitted commit:committed permit:permitted
refer:referred transfer:transferred occur:occurred cancel:cancelled label:labelled ban:banned
pin:pinned tag:tagged trim:trimmed log:logged flag:flagged swap:swapped scan:scanned debit:debited
emit:emitted admit:admitted unsubscribe:unsubscribed apply:applied deny:denied notify:notified
modify:modified verify:verified copy:copied retry:retried try:tried carry:carried
classify:classified identify:identified satisfy:satisfied supply:supplied
"""
_IRREGULAR = dict(pair.split(":") for pair in _IRREGULAR_WORDS.split())

_REGULAR_WORDS = """
abandon accept access acknowledge acquire activate add adjust allocate analyse analyze announce answer append
approve archive arrive assign attach authenticate authorise authorize award backup bill block book calculate
call capture change charge check claim clean clear click close collect complete compress compute confirm
connect consume convert correct create credit deactivate declare decline decrease dedupe delay delegate delete
deliver deploy deposit detect disable discard disconnect dismiss dispatch display download earn edit enable
end enqueue enrich enrol enroll escalate estimate evaluate exceed exchange execute expire export extend fail
fetch file fill filter finalise finalize finish fire flush follow forward fulfil fulfill generate grant handle
import increase index inform initialise initialize initiate insert install invalidate invite invoice invoke
issue join launch like link list load lock mail mark match measure merge migrate miss move open order outdate
own pack parse pass pause perform persist pick place play post prepare price print process produce promote
propose provision publish pull purchase purge push put query queue quote rank rate reach read reactivate
receive recommend reconcile record redeem refresh refund refuse register reindex reject release reload remind
remove rename render renew reopen repair replace reply report request require reschedule reserve reset resolve
respond restart restock restore resume retire retrieve return reverse review revoke reward save schedule score
search select serve settle share skip start store stream subscribe succeed suspend sync synchronise
synchronize terminate test toggle track train translate trigger unblock unlink unlock unpublish update upgrade
upload use validate view visit void vote warn watch
"""
_REGULAR = _REGULAR_WORDS.split()


def _regular_participle(verb: str) -> str:
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


# Verbs that are as often nouns: order-updates orders nobody to do anything.
_NOUNS = {
    "bill",
    "book",
    "file",
    "invoice",
    "label",
    "link",
    "list",
    "log",
    "mail",
    "map",
    "order",
    "plan",
    "price",
    "queue",
    "query",
    "record",
    "report",
    "request",
    "stock",
    "stream",
}
# Words that are their own participle tell nothing.
_BASE = {verb for verb in (*_REGULAR, *_IRREGULAR) if _IRREGULAR.get(verb) != verb} - _NOUNS
_PAST = {_regular_participle(verb) for verb in _REGULAR} | {past for verb, past in _IRREGULAR.items() if past != verb}
_PAST |= {"fulfilled", "enrolled", "canceled", "labeled"}
_ENVELOPE = {"event", "events", "message", "messages", "topic", "notification", "command", "commands", "queue"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VERSION = re.compile(r"[vV]\d+")


def name_is_past(name: str) -> bool | None:
    """
    Give True for a name in the past tense (OrderPlaced), False for an order to act (CreateUser), None otherwise.

    The tense stands in the last word, an order in the first; words such as Event or v2 at the end do not count.
    """
    words = [word.lower() for word in _WORD.findall(_VERSION.sub(" ", name))]
    while len(words) > 1 and words[-1] in _ENVELOPE:
        words.pop()
    if not words:
        return None
    if words[-1] in _PAST:
        return True
    return False if len(words) > 1 and words[0] in _BASE else None
