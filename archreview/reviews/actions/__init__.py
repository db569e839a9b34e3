"""
The only writers of the reviews. Each does its whole change in one transaction, or nothing of it.

What the state of a session does not allow is refused with `NotNow`, whose text is a sentence for the person; what
somebody else changed meanwhile with `web.versions.ChangedMeanwhile`. Every change of a session first counts up its
version, so that one change of a session happens at a time and every browser learns of it.
"""
