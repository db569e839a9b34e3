"""Two people who save the same thing."""


class ChangedMeanwhile(Exception):
    """
    Somebody else has saved the thing since this person opened it.

    Actions raise it when their conditional update (`WHERE version = ?`) finds no row; views answer 409 with
    `components/conflict.html`, which shows both texts.
    """
