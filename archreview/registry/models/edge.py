from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from archreview.engine.fact_tables import EDGE_FACTS
from archreview.engine.model import CONFIDENCES
from archreview.engine.questions import ANSWERS
from archreview.interchange.fields import TEXT_MOST
from archreview.registry.models.channel import Channel
from archreview.registry.models.entry import Entry
from archreview.registry.models.promises import promises
from archreview.registry.models.service import Service
from archreview.workspaces.models import Workspace


class Edge(Entry):
    """
    One communication, from one service (`source`) to another (`target`).

    A column for each fact and each answer: two people who answer different questions at once write different columns.
    """

    source = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="edges_out")
    target = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="edges_in")

    style = models.CharField(max_length=40, null=True, blank=True)
    technology = models.TextField(null=True, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, blank=True, related_name="edges")
    purpose = models.CharField(max_length=40, null=True, blank=True)
    expectation = models.TextField(max_length=TEXT_MOST, blank=True, default="")
    delay_cost = models.TextField(max_length=TEXT_MOST, blank=True, default="")
    latency_p50_ms = models.FloatField(null=True, blank=True)
    latency_p99_ms = models.FloatField(null=True, blank=True)
    latency_basis = models.CharField(max_length=40, null=True, blank=True)
    handover_p99_ms = models.FloatField(null=True, blank=True)
    publish_p99_ms = models.FloatField(null=True, blank=True)
    throughput_per_s = models.FloatField(null=True, blank=True)
    spiky = models.BooleanField(null=True, blank=True)
    timeout_ms = models.FloatField(null=True, blank=True)
    retries = models.PositiveBigIntegerField(null=True, blank=True)
    retry_backoff = models.CharField(max_length=40, null=True, blank=True)
    retry_jitter = models.BooleanField(null=True, blank=True)
    circuit_breaker = models.BooleanField(null=True, blank=True)
    fallback = models.BooleanField(null=True, blank=True)
    bulkhead = models.BooleanField(null=True, blank=True)
    tracing = models.BooleanField(null=True, blank=True)
    idempotent = models.BooleanField(null=True, blank=True)
    idempotency_key = models.TextField(null=True, blank=True)
    waits_for_reply = models.BooleanField(null=True, blank=True)
    delivery = models.CharField(max_length=40, null=True, blank=True)
    dead_letter_queue = models.BooleanField(null=True, blank=True)
    dead_letter_procedure = models.BooleanField(null=True, blank=True)
    correlation_id = models.BooleanField(null=True, blank=True)
    outbox = models.BooleanField(null=True, blank=True)
    lag_monitored = models.BooleanField(null=True, blank=True)
    max_deliveries = models.FloatField(null=True, blank=True)
    consumer_group = models.TextField(null=True, blank=True)
    group_shared = models.BooleanField(null=True, blank=True)
    callee_isolated = models.BooleanField(null=True, blank=True)
    status_visible = models.BooleanField(null=True, blank=True)
    state_audited = models.BooleanField(null=True, blank=True)
    callback_auth = models.BooleanField(null=True, blank=True)
    callback_retry = models.BooleanField(null=True, blank=True)
    callback_expiry = models.BooleanField(null=True, blank=True)
    callback_state_kept = models.BooleanField(null=True, blank=True)
    duplicate_impact = models.CharField(max_length=40, null=True, blank=True)
    loss_impact = models.CharField(max_length=40, null=True, blank=True)
    replay_window_hours = models.FloatField(null=True, blank=True)
    delay_hurts = models.BooleanField(null=True, blank=True)
    all_or_nothing = models.BooleanField(null=True, blank=True)
    saga = models.TextField(null=True, blank=True)
    compensation = models.BooleanField(null=True, blank=True)

    answer_immediate_feedback = models.BooleanField(null=True, blank=True)
    answer_long_running = models.BooleanField(null=True, blank=True)
    answer_eventual_consistency_ok = models.BooleanField(null=True, blank=True)
    answer_benefits_from_decoupling = models.BooleanField(null=True, blank=True)
    answer_needs_result = models.BooleanField(null=True, blank=True)
    answer_fast_at_peak = models.BooleanField(null=True, blank=True)
    answer_callee_may_be_down = models.BooleanField(null=True, blank=True)
    answer_can_poll = models.BooleanField(null=True, blank=True)
    answer_fan_out = models.BooleanField(null=True, blank=True)
    answer_order_matters = models.BooleanField(null=True, blank=True)
    answer_replay_needed = models.BooleanField(null=True, blank=True)
    answer_exactly_once = models.BooleanField(null=True, blank=True)
    answer_strong_consistency = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="an_edge_has_its_id_once_per_workspace"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="an_edge_never_leads_to_its_own_service"),
            models.CheckConstraint(
                condition=Q(latency_p50_ms__lte=F("latency_p99_ms")), name="an_edge_has_its_p50_not_over_its_p99"
            ),
            *promises("an_edge", EDGE_FACTS),
        ]

    def get_absolute_url(self) -> str:
        """Its page. Reads the workspace: fetch it along."""
        return reverse("reviews:edge", args=[self.workspace.slug, self.slug])

    @property
    def answered(self) -> int:
        """How many of its questions have an answer."""
        return sum(getattr(self, f"answer_{key}") is not None for key in ANSWERS)

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return len(ANSWERS)


class EdgeEvidence(models.Model):
    """Where an edge came from: one piece, from one source."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    edge = models.ForeignKey(Edge, on_delete=models.CASCADE, related_name="evidence")
    source = models.TextField()
    confidence = models.CharField(max_length=40, default="declared")
    line = models.PositiveBigIntegerField(null=True, blank=True)
    window = models.TextField(blank=True, default="")
    at = models.TextField(blank=True, default="")
    calls = models.PositiveBigIntegerField(null=True, blank=True)
    errors = models.PositiveBigIntegerField(null=True, blank=True)
    sample = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "piece of evidence"
        verbose_name_plural = "pieces of evidence"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(confidence__in=CONFIDENCES), name="evidence_has_a_known_confidence"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.confidence}"
