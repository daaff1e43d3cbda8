"""The sample company in tables: who is in it and what it did, in days before today."""

from __future__ import annotations

# name | given | family | street | city | region | postal code | parent
CUSTOMERS = """
Amy's Bird Sanctuary|Amy|Lauterbach|4581 Finch St.|Bayshore|CA|94326|
Bill's Windsurf Shop|Bill|Lucchini|12 Ocean Dr.|Half Moon Bay|CA|94213|
Cool Cars|Grace|Pariente|65 Ocean Dr.|Half Moon Bay|CA|94213|
Diego Rodriguez|Diego|Rodriguez|321 Channing|Palo Alto|CA|94303|
Dukes Basketball Camp|Peter|Dukes|25 Court St.|Tucson|AZ|85719|
Dylan Sollfrank|Dylan|Sollfrank||||  |
Freeman Sporting Goods|Kirby|Freeman|370 Easy St.|Middlefield|CA|94482|
0969 Ocean View Road|Sasha|Tillou|370 Easy St.|Middlefield|CA|94482|Freeman Sporting Goods
55 Twin Lane|Amelia|Tillou|370 Easy St.|Middlefield|CA|94482|Freeman Sporting Goods
Geeta Kalapatapu|Geeta|Kalapatapu|1987 Main St.|Middlefield|CA|94303|
Gevelber Photography|Lisa|Gevelber|1103 Main St.|Middlefield|CA|94482|
Jeff's Jalopies|Jeff|Malta|12 Willow Rd.|Menlo Park|CA|94305|
John Melton|John|Melton|85 Pine St.|Menlo Park|CA|94304|
Kate Whelan|Kate|Whelan|45 First St.|Menlo Park|CA|94304|
Kookies by Kathy|Kathy|Kuplis|789 Sugar Lane|Middlefield|CA|94303|
Mark Cho|Mark|Cho|36 Willow Rd|Menlo Park|CA|94304|
Paulsen Medical Supplies|Kathy|Paulsen|900 Main St.|Middlefield|CA|94303|
Pye's Cakes|Karen|Pye|350 Mountain View Dr.|South Orange|NJ|07079|
Rago Travel Agency|Meghan|Rago|753 Cedar St.|Bayshore|CA|94326|
Red Rock Diner|Stephanie|Martini|500 Red Rock Rd.|Bayshore|CA|94326|
Rondonuwu Fruit and Vegi|Tania|Rondonuwu|847 California Ave.|San Jose|CA|95021|
Shara Barnett|Shara|Barnett|19 Main St.|Middlefield|CA|94303|
Barnett Design|Shara|Barnett|19 Main St.|Middlefield|CA|94303|Shara Barnett
Sonnenschein Family Store|Russ|Sonnenschein|5647 Cypress Hill Ave.|Middlefield|CA|94303|
Sushi by Katsuyuki|Katsuyuki|Yanagawa|898 Elm St.|Maplewood|NJ|07040|
Travis Waldron|Travis|Waldron|78 First St.|Monlo Park|CA|94304|
Video Games by Dan|Brian|Hesse|1515 Main St.|Middlefield|CA|94482|
Wedding Planning by Whitney|Whitney|Horton|135 Broadway|Menlo Park|CA|94304|
Weiskopf Consulting|Nicola|Weiskopf|45612 Main St.|Bayshore|CA|94326|
"""
# name | street | city | region | postal code
VENDORS = """
Books by Bessie|15 Main St.|Palo Alto|CA|94303
Bob's Burger Joint||||
Brosnahan Insurance Agency|P.O. Box 5|Middlefield|CA|94482
Cal Telephone|10 Main St.|Palo Alto|CA|94303
Chin's Gas and Oil||||
Cigna Health Care||||
Computers by Jenni|1515 Main St.|Middlefield|CA|94482
Diego's Road Warrior Bodyshop||||
Ellis Equipment Rental|45896 Main St.|Middlefield|CA|94303
Fidelity||||
Hall Properties|P.O.Box 357|South Orange|NJ|07079
Hicks Hardware|42 Main St.|Middlefield|CA|94303
Lee Advertising|53 Main St.|Middlefield|CA|94303
Mahoney Mugs||||
Met Life Dental||||
National Eye Care|123 Anywhere Ave|Tucson|AZ|85704
Norton Lumber and Building Materials|4528 Country Road|Middlefield|CA|94303
Pam Seitz|P.O. Box 15|Bayshore|CA|94326
PG&E|4 Main St.|Palo Alto|CA|94303
Robertson & Associates|P.O. Box 147|Bayshore|CA|94326
Squeaky Kleen Car Wash||||
Tania's Nursery|1111 Elm St.|Middlefield|CA|94482
Tim Philip Masonry|3948 Elm St.|Middlefield|CA|94482
Tony Rondonuwu||||
United States Treasury|5568 Capital Drive|Tucson|AZ|85718
California EDD||||
"""
EMPLOYEES = (("Emily", "Platt"), ("John", "Johnson"))
# name | type | price | cost | income account | taxable | description
ITEMS = """
Concrete|Service|0|0|Landscaping Services:Job Materials:Fountains and Garden Lighting|y|\
Concrete for fountains
Design|Service|75|0|Design income||Custom Design
Rock Fountain|Inventory|275|125|Sales of Product Income|y|Rock Fountain
Gardening|Service|0|0|Landscaping Services||Weekly Gardening Service
Installation|Service|50|0|Landscaping Services:Labor:Installation||Installation of landscape design
Lighting|Service|0|0|Landscaping Services:Job Materials:Fountains and Garden Lighting|y|\
Garden Lighting
Maintenance & Repair|Service|0|0|Landscaping Services:Labor:Maintenance and Repair||\
Maintenance & Repair
Pest Control|Service|35|0|Pest Control Services||Pest Control Services
Pump|Inventory|15|10|Sales of Product Income|y|Fountain Pump
Refunds & Allowances|Service|0|0|Refunds-Allowances||Income due to refunds or allowances
Rocks|Service|0|0|Landscaping Services:Job Materials:Fountains and Garden Lighting|y|Garden Rocks
Sod|Service|0|0|Landscaping Services:Job Materials:Plants and Soil|y|Sod
Soil|Service|10|6.5|Landscaping Services:Job Materials:Plants and Soil|y|2 cubic ft. bag
Sprinkler Heads|Inventory|2|0.75|Sales of Product Income|y|Sprinkler Heads
Sprinkler Pipes|Inventory|4|2.5|Sales of Product Income|y|Sprinkler Pipes
Trimming|Service|35|0|Landscaping Services||Tree and Shrub Trimming
"""
# What the bundle "Sprinkler Kit" holds, and how many.
KIT = (("Pump", 1), ("Sprinkler Heads", 5), ("Sprinkler Pipes", 5))
# days ago | customer | lines (item x quantity @ price) | share paid
INVOICES = """
150|Amy's Bird Sanctuary|Gardening x 4 @ 120; Soil x 10 @ 10|1
140|Bill's Windsurf Shop|Gardening x 1 @ 85|1
132|Cool Cars|Rock Fountain x 2 @ 275; Installation x 5 @ 50|1
125|Diego Rodriguez|Trimming x 4 @ 35|1
120|Dukes Basketball Camp|Pump x 3 @ 15; Sprinkler Heads x 25 @ 2; Sprinkler Pipes x 20 @ 4|1
112|Freeman Sporting Goods|Pest Control x 2 @ 35|0.5
105|0969 Ocean View Road|Design x 3 @ 75|0
100|55 Twin Lane|Rock Fountain x 1 @ 275; Sprinkler Heads x 15 @ 2|0.5
96|Geeta Kalapatapu|Design x 5.5 @ 75; Lighting x 1 @ 215.33|0
90|Gevelber Photography|Trimming x 2 @ 35|1
85|Jeff's Jalopies|Gardening x 1 @ 81|0
80|John Melton|Design x 10 @ 75|0.4
75|Kookies by Kathy|Trimming x 3 @ 25|0
70|Mark Cho|Rock Fountain x 1 @ 275; Design x 0.5 @ 79.5|0
65|Paulsen Medical Supplies|Installation x 12 @ 50; Soil x 36 @ 10|0.7
60|Pye's Cakes|Pest Control x 1 @ 87.5|1
55|Rago Travel Agency|Gardening x 2 @ 140.17|0
50|Red Rock Diner|Pest Control x 4 @ 35; Sod x 3 @ 22|0.25
45|Rondonuwu Fruit and Vegi|Gardening x 1 @ 78.6|0
40|Shara Barnett|Sod x 40 @ 10; Maintenance & Repair x 1 @ 114.09|0.5
38|Barnett Design|Design x 1 @ 38|0
32|Sonnenschein Family Store|Rock Fountain x 1 @ 275; Concrete x 5 @ 9.5|0
28|Sushi by Katsuyuki|Gardening x 1 @ 80|1
21|Travis Waldron|Trimming x 11 @ 35; Soil x 4 @ 10|0
16|Video Games by Dan|Design x 4 @ 75|0
12|Wedding Planning by Whitney|Gardening x 3 @ 55|0
8|Weiskopf Consulting|Design x 5 @ 75|0
5|Cool Cars|Rock Fountain x 1 @ 275; Pump x 2 @ 15|0
3|Kate Whelan|Design x 3 @ 75|0
2|Amy's Bird Sanctuary|Pest Control x 1 @ 35|0
1|Dylan Sollfrank|Installation x 6.75 @ 50|0
"""
# days ago | vendor | account | amount | share paid
BILLS = """
140|Brosnahan Insurance Agency|Insurance|241.23|1
120|Robertson & Associates|Legal & Professional Fees:Accounting|315|1
95|Norton Lumber and Building Materials|Job Expenses:Job Materials|205|0
80|Hall Properties|Rent or Lease|900|1
60|Cal Telephone|Utilities:Telephone|74.36|1
45|PG&E|Utilities:Gas and Electric|86.44|0
30|Diego's Road Warrior Bodyshop|Automobile|755|0
20|Brosnahan Insurance Agency|Insurance|241.23|0
14|Robertson & Associates|Legal & Professional Fees:Lawyer|300|0.5
9|Tim Philip Masonry|Job Expenses|666|0
"""
# days ago | payee | account | amount | how | from
PURCHASES = """
130|Chin's Gas and Oil|Automobile:Fuel|52.56|CreditCard|Mastercard
118|Squeaky Kleen Car Wash|Automobile|19.99|CreditCard|Visa
104|Bob's Burger Joint|Meals and Entertainment|18.97|CreditCard|Mastercard
88|Hicks Hardware|Job Expenses:Job Materials|228.75|CreditCard|Mastercard
66|Books by Bessie|Dues & Subscriptions|55|Check|Checking
52|Lee Advertising|Advertising|74.86|CreditCard|Visa
35|Tania's Nursery|Job Expenses:Job Materials|82.45|Cash|Checking
24|Tony Rondonuwu|Job Expenses:Cost of Labor|100|Check|Checking
11|Chin's Gas and Oil|Automobile:Fuel|63.15|Cash|Checking
4|Ellis Equipment Rental|Equipment Rental|112|CreditCard|Mastercard
"""
# kind | days ago | customer | lines
OTHER_SALES = """
SalesReceipt|58|Dylan Sollfrank|Trimming x 9.5 @ 35.5
SalesReceipt|26|Kate Whelan|Gardening x 3 @ 75
SalesReceipt|7|Pye's Cakes|Pest Control x 2 @ 39
CreditMemo|33|Rago Travel Agency|Refunds & Allowances x 1 @ 42
RefundReceipt|30|Pye's Cakes|Pest Control x 1 @ 87.5
Estimate|48|Rago Travel Agency|Gardening x 1 @ 582.5
Estimate|15|Cool Cars|Design x 8 @ 75
"""
# debit | credit | amount
OPENINGS = (
    ("Checking", "Opening Balance Equity", "5000"),
    ("Savings", "Opening Balance Equity", "800"),
    ("Truck:Original Cost", "Opening Balance Equity", "13495"),
    ("Opening Balance Equity", "Notes Payable", "25000"),
)
