"""Models as a host project has them: other names, a UUID key, codes as text, totals of its own."""

import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models


class Patron(models.Model):
    """Who buys."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(max_length=80, unique=True)
    mail = models.EmailField(blank=True)
    street = models.CharField(max_length=80, blank=True)
    street2 = models.CharField(max_length=80, blank=True)
    town = models.CharField(max_length=40, blank=True)
    zip_code = models.CharField(max_length=12, blank=True)
    state = models.CharField(
        max_length=10, default="live", choices=[("live", "live"), ("gone", "gone"), ("new", "new")]
    )
    branch = models.CharField(max_length=10, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.full_name

    def clean(self):
        if self.full_name.startswith("Test"):
            raise ValidationError({"full_name": "We keep no test patrons."})


class Firm(Patron):
    """A patron with a table of its own beside that of all patrons."""

    house = models.CharField(max_length=80, blank=True)

    class Meta:
        app_label = "shop"


class Partner(models.Model):
    """A second model of customers."""

    name = models.CharField(max_length=80)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.name


class Levy(models.Model):
    """A tax, named by its code."""

    code = models.CharField(max_length=10, unique=True)
    percent = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.code


class Ware(models.Model):
    """What is sold."""

    title = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    weight = models.FloatField(default=0)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.title


class Bill(models.Model):
    """An invoice, with a state instead of flags."""

    ref = models.CharField(max_length=20, unique=True)
    patron = models.ForeignKey(Patron, models.PROTECT, related_name="bills")
    made_at = models.DateTimeField()
    terms = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=6, default="open")
    rebate = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    net = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    saves = models.IntegerField(default=0)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.ref

    def save(self, *args, **kwargs):
        self.saves += 1
        super().save(*args, **kwargs)


class BillRow(models.Model):
    """One line of a bill."""

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="rows")
    ware = models.ForeignKey(Ware, models.PROTECT, null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    qty = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    price = models.DecimalField(max_digits=12, decimal_places=4)
    levy = models.ForeignKey(Levy, models.PROTECT, null=True, blank=True)
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"
        constraints = (models.UniqueConstraint(fields=["bill", "place"], name="one_row_a_place"),)

    def __str__(self):
        return self.text


class Takings(models.Model):
    """Money received."""

    patron = models.ForeignKey(Patron, models.PROTECT)
    day = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    means = models.CharField(max_length=10, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return f"{self.day} {self.amount}"


class Share(models.Model):
    """The part of the takings that pays a bill."""

    takings = models.ForeignKey(Takings, models.CASCADE, related_name="shares")
    bill = models.ForeignKey(Bill, models.PROTECT)
    part = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return f"{self.part} of {self.bill_id}"


class Supplier(models.Model):
    """Who is bought from."""

    title = models.CharField(max_length=80)
    mail = models.EmailField(blank=True)
    tax_number = models.CharField(max_length=20, blank=True)
    our_number = models.CharField(max_length=30, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.title


class Hand(models.Model):
    """Who works in the shop."""

    called = models.CharField(max_length=80)
    first_name = models.CharField(max_length=40, blank=True)
    last_name = models.CharField(max_length=40, blank=True)
    staff_number = models.CharField(max_length=10, blank=True)
    since = models.DateField(null=True, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.called


class Debt(models.Model):
    """What a supplier bills the shop."""

    supplier = models.ForeignKey(Supplier, models.PROTECT)
    their_number = models.CharField(max_length=21, blank=True)
    day = models.DateField()
    due = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.their_number


class DebtRow(models.Model):
    """One line of it: a ware, or the account that it is booked on."""

    debt = models.ForeignKey(Debt, models.CASCADE, related_name="rows")
    ware = models.ForeignKey(Ware, models.PROTECT, null=True, blank=True)
    booked_on = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=200, blank=True)
    qty = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    for_whom = models.ForeignKey(Patron, models.PROTECT, null=True, blank=True)
    charged = models.BooleanField(default=False)
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.text


class Credit(models.Model):
    """What a patron is given back."""

    ref = models.CharField(max_length=20, blank=True)
    patron = models.ForeignKey(Patron, models.PROTECT)
    day = models.DateField()
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.ref


class CreditRow(models.Model):
    """One line of it."""

    credit = models.ForeignKey(Credit, models.CASCADE, related_name="rows")
    ware = models.ForeignKey(Ware, models.PROTECT, null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    qty = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    price = models.DecimalField(max_digits=12, decimal_places=4)
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.text
