"""
Decision logs as files: read in the forms that the usual tools write, written in the layouts that they read.

Nothing here knows a workspace: `archreview.decisions` stores what is read and gives what is written.
"""
