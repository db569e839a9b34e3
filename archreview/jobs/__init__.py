"""
Work that takes longer than a request may: who asked for it, how far it is, and what came of it.

A room that has such work says what it is with `kinds.offer`, and asks for it with `actions.ask`. Where and when it is
done is the business of the task backend (setting BACKGROUND).
"""
