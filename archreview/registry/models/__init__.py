"""What a workspace registers, as rows. The columns are the facts of engine/model.py, one each; null is unknown."""

from archreview.registry.models.channel import Channel
from archreview.registry.models.edge import Edge, EdgeEvidence
from archreview.registry.models.flow import Flow, FlowStep
from archreview.registry.models.service import Service, System
from archreview.registry.models.statement import Statement

__all__ = ["Channel", "Edge", "EdgeEvidence", "Flow", "FlowStep", "Service", "Statement", "System"]
