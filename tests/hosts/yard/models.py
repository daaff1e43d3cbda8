"""Models of a host that keeps money as whole cents, inherits across tables, and keeps lines in a
JSON column.
"""

from django.db import models


class Party(models.Model):
    """Whoever the yard deals with: a person or a firm (multi-table inheritance)."""

    mail = models.EmailField(blank=True)
    street = models.CharField(max_length=80, blank=True)
    town = models.CharField(max_length=40, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"Party {self.pk}"


class Person(Party):
    """A private customer."""

    first = models.CharField(max_length=40)
    last = models.CharField(max_length=40)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"{self.first} {self.last}"


class Firm(Party):
    """A customer with a firm."""

    title = models.CharField(max_length=80)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return self.title


class Good(models.Model):
    """What the yard sells, at a price in cents."""

    title = models.CharField(max_length=80)
    sort = models.CharField(
        max_length=10, default="stock", choices=[("stock", "stock"), ("work", "work")]
    )
    price_cents = models.IntegerField(null=True, blank=True)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return self.title


class Sale(models.Model):
    """An invoice with a table of rows."""

    party = models.ForeignKey(Party, models.PROTECT)
    day = models.DateField()
    total_cents = models.IntegerField(default=0)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"Sale {self.pk}"


class SaleRow(models.Model):
    """A row: whole pieces at a price in cents."""

    sale = models.ForeignKey(Sale, models.CASCADE, related_name="rows")
    good = models.ForeignKey(Good, models.PROTECT, null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    pieces = models.IntegerField()
    price_cents = models.IntegerField()

    class Meta:
        app_label = "yard"

    def __str__(self):
        return self.text


class Job(models.Model):
    """An invoice whose lines are a JSON column."""

    party = models.ForeignKey(Party, models.PROTECT)
    day = models.DateField()
    lines = models.JSONField(default=list)

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"Job {self.pk}"


class Pay(models.Model):
    """Money received, in cents."""

    party = models.ForeignKey(Party, models.PROTECT)
    day = models.DateField()
    cents = models.IntegerField()

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"Pay {self.pk}"


class Share(models.Model):
    """The part of a payment that pays a sale."""

    pay = models.ForeignKey(Pay, models.CASCADE, related_name="shares")
    sale = models.ForeignKey(Sale, models.PROTECT)
    cents = models.IntegerField()

    class Meta:
        app_label = "yard"

    def __str__(self):
        return f"{self.cents} of {self.sale_id}"
