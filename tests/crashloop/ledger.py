"""What a client has been told, over all lives of the process. Nothing of it may ever become untrue."""
from life import Violation


class Ledger:
    def __init__(self):
        self.epoch = ""
        self.bodies = []   # by offset − 1
        self.heads = []    # offset and ts_pub, as told
        self.acknowledged = 0  # sequence of the journal: the process said that it has it
        self.compared = 0  # events that were told a second time, or more often

    @property
    def last(self):
        return len(self.bodies)

    def told_epoch(self, epoch):
        if self.epoch and epoch != self.epoch:
            raise Violation(f"epoch {self.epoch} became {epoch}")
        self.epoch = epoch

    def told_event(self, offset, head, body):
        if offset == self.last + 1:
            self.heads.append(head)
            self.bodies.append(body)
            return
        if offset > self.last:
            raise Violation(f"offset {offset} was told, {self.last + 1} never")
        self.compared += 1
        if (head, body) != (self.heads[offset - 1], self.bodies[offset - 1]):
            raise Violation(f"offset {offset} was {self.heads[offset - 1]!r} {self.bodies[offset - 1]!r}, "
                            f"now {head!r} {body!r}")

    def told_journal(self, page):
        """`written` is safe from a killed process; with the policy always, nothing else may be shown."""
        sequence = page["durable" if page["durability"] == "always" else "written"]
        self.acknowledged = max(self.acknowledged, sequence)
        if page["state"] != "writing":
            raise Violation(f"the journal is in state {page['state']}: {page['reason']}")
