"""What the reviews keep: snapshots, and meetings with what was voted, settled and decided in them."""

from archreview.reviews.models.action import Action
from archreview.reviews.models.ballot import Ballot, Vote
from archreview.reviews.models.session import AgendaItem, Participant, ReviewSession
from archreview.reviews.models.snapshot import Snapshot

__all__ = ["Action", "AgendaItem", "Ballot", "Participant", "ReviewSession", "Snapshot", "Vote"]
