extension Playbook {
  /// The text of `Config/playbook.json`, so that the program needs no file beside it.
  ///
  /// Written by the test that holds the two together: edit the file, then run it with
  /// `UPDATE_GOLDEN=1`.
  static let standardText = #"""
    {
      "about": [
        "What segmentd knows about a shop's words. Edit a copy and start with --playbook FILE.",
        "aliases: names by which columns are recognised; yours go before these.",
        "roles: what a feature is to a segment, by its name without blanks and underscores; an asterisk stands for any letters.",
        "personas: the first entry whose levels all hold is taken. Levels are very_low, low, average, high, very_high; low is very_low too, high is very_high too: half a standard deviation and one and a half from the mean.",
        "goals: the actions of a goal, for personas that do not bring their own and for segments without a persona.",
        "In sentences {name} {size} {share} {value} {strongest} {favourite} stand for figures of the segment, {income} and {income.all} for the means of a role of the entry in the segment and over all customers."
      ],
      "aliases": {
        "id": [
          "customerid", "custid", "custno", "custnumber", "customerno", "customernumber", "customernr",
          "clientid", "clientnumber", "userid", "memberid", "subscriberid", "shopperid", "buyerid",
          "accountid", "accountnumber", "contactid", "personid", "kundenid", "kundennummer",
          "kundennr", "idcliente", "clienteid", "idclient", "id", "uuid", "guid", "customer", "client"
        ],
        "gender": [
          "gender", "sex", "genre", "geschlecht", "sexe", "sexo", "genero"
        ],
        "age": [
          "age", "alter", "edad", "customerage", "ageyears"
        ],
        "income": [
          "income", "annualincome", "yearlyincome", "salary", "annualsalary", "householdincome",
          "monthlyincome", "einkommen"
        ],
        "score": [
          "score", "spendingscore", "spendscore", "loyaltyscore"
        ],
        "weight": [
          "weight", "sampleweight", "weights", "customers", "count", "n", "cnt", "freq", "frequency"
        ],
        "value": [
          "revenue", "totalrevenue", "turnover", "sales", "totalsales", "totalspend", "totalspent",
          "totalamount", "monetary", "lifetimevalue", "customervalue", "clv", "ltv", "umsatz",
          "totalcharges", "amount", "amt"
        ],
        "label": [
          "cluster", "clusters", "clusterid", "clusterlabel", "clusterno", "kmeans", "kmeanscluster",
          "kmeanslabel", "label", "labels", "segment", "segments", "segmentid", "segmentname",
          "segmentlabel", "customersegment", "predictedcluster", "predictedsegment"
        ],
        "code": [
          "zip", "zipcode", "postcode", "postalcode", "plz", "postleitzahl", "areacode", "countrycode",
          "regioncode", "storecode", "branchcode", "codepostal", "fips"
        ],
        "index": [
          "index", "unnamed0", "rownumber", "rownum", "rowid", "row", "rowno", "lineno", "seq", "sno",
          "slno", "srno", "serialno", "lfdnr"
        ]
      },
      "roles": {
        "age": ["age", "*age", "alter", "edad"],
        "income": ["income", "annualincome", "*income*", "*salary*", "*einkommen*", "*revenu"],
        "spending": ["spendingscore", "spending", "totalspend", "totalspent", "*spend*", "score", "mnttotal"],
        "recency": ["recency", "dayssincelastpurchase", "dayssincelast*", "*recency*", "*lastpurchase*"],
        "frequency": ["frequency", "purchasefrequency", "orders", "ordercount", "purchases", "previouspurchases", "*frequency*", "num*orders", "*purchasecount"],
        "monetary": ["monetary", "revenue", "totalrevenue", "turnover", "sales", "totalsales", "totalamount", "lifetimevalue", "clv", "ltv", "umsatz", "totalcharges", "amount", "*monetary*"],
        "basket": ["averagebasket", "basketvalue", "averageordervalue", "aov", "avgordervalue", "*basket*", "*purchaseamount*"],
        "visits": ["visits", "sessions", "visitspermonth", "*visits*", "*sessions*"],
        "tenure": ["tenure", "membershipyears", "customersince", "monthsasacustomer", "*tenure*", "*membership*"],
        "charges": ["monthlycharges", "charges", "monthlyfee", "*charges", "*fee"],
        "discount": ["discountshare", "discounts", "deals", "numdealspurchases", "coupons", "*discount*", "*deals*", "*coupon*"],
        "returns": ["returns", "returnrate", "*returns*", "*returnrate*"]
      },
      "personas": [
        {
          "name": "Champions", "when": {"recency": "low", "frequency": "high", "monetary": "high"}, "goal": "retain",
          "summary": "Bought lately, buy often and spend most.",
          "campaign": "Invite the {size} champions ({value}) before everybody else; no discount is needed at {monetary} a customer against {monetary.all} overall.",
          "retention": "Watch for silence: they come back after {recency} days, all customers after {recency.all}; call when one of them stays away twice as long.",
          "revenue": "Ask for recommendations: {frequency} purchases against {frequency.all} overall say that they know the shop."
        },
        {
          "name": "Big customers about to be lost", "when": {"recency": "high", "monetary": "high"}, "goal": "win_back",
          "summary": "Spent much and have not been seen for long.",
          "campaign": "Write to each of the {size} by name: {recency} days without a purchase against {recency.all} overall, at {monetary} a customer.",
          "retention": "Ask why they left before offering anything; they brought {value}.",
          "revenue": "A tenth of them back at their old level is worth more than any newcomer: {monetary} each against {monetary.all} overall."
        },
        {
          "name": "Regulars who stay away", "when": {"recency": "high", "frequency": ["average", "high"]}, "goal": "win_back",
          "summary": "Used to come regularly and have stopped.",
          "campaign": "A reminder with what they bought last, to {size} customers silent for {recency} days (overall {recency.all})."
        },
        {
          "name": "Lost customers", "when": {"recency": "high", "frequency": "low"}, "goal": "win_back",
          "summary": "Came seldom and long ago.",
          "campaign": "One last cheap message to the {size} ({share} of all), silent for {recency} days; then leave them out of paid campaigns.",
          "revenue": "Spend nothing on them beyond that: {frequency} purchases against {frequency.all} overall."
        },
        {
          "name": "Newcomers", "when": {"recency": "low", "frequency": "low"}, "goal": "nurture",
          "summary": "Bought lately, and not often yet.",
          "campaign": "Welcome the {size} newcomers: their last purchase is {recency} days ago (overall {recency.all}).",
          "product_offer": "Suggest the second purchase within the month; they are at {frequency}, the average customer at {frequency.all}."
        },
        {
          "name": "Loyal customers", "when": {"recency": ["low", "average"], "frequency": "high"}, "goal": "cross_sell",
          "summary": "Come often and are still around.",
          "campaign": "Thank the {size} loyal ones in a programme: {frequency} purchases against {frequency.all} overall.",
          "product_offer": "Show the departments they do not buy from yet; {favourite}."
        },
        {
          "name": "Rare big spenders", "when": {"frequency": "low", "monetary": "high"}, "goal": "grow",
          "summary": "Come seldom and spend much when they do.",
          "campaign": "Give the {size} a reason to come between large purchases: {frequency} against {frequency.all} overall."
        },
        {
          "name": "Young enthusiasts", "when": {"income": "low", "spending": "high", "age": "low"}, "goal": "nurture",
          "summary": "Young, glad to buy, with little money.",
          "campaign": "Reach the {size} ({share}) where they are: social channels and news of the week; they are {age} on average, all customers {age.all}.",
          "personalisation": "Show what is new and within reach first: income {income} against {income.all} overall.",
          "product_offer": "Small and current things, sets and instalments; their spending of {spending} (overall {spending.all}) needs no push.",
          "retention": "Points that grow with them: whoever stays until the income of {income} has become {income.all} is a prime customer.",
          "revenue": "No deep discounts: they spend {spending} against {spending.all} at an income of {income}; {value}."
        },
        {
          "name": "Prime customers", "when": {"income": "high", "spending": "high"}, "goal": "retain",
          "summary": "Have the means and use them here.",
          "campaign": "Early access and events for the {size} ({share}); keep them out of discount campaigns.",
          "personalisation": "A contact by name and picks above the usual price: income {income} against {income.all} overall.",
          "product_offer": "The best of the range and what is limited; they spend {spending} against {spending.all} overall.",
          "retention": "Service before price: fast help, easy returns, and a call when the spending of {spending} falls towards {spending.all}.",
          "revenue": "Protect what is there: {value}."
        },
        {
          "name": "Untapped means", "when": {"income": "high", "spending": "low"}, "goal": "up_sell",
          "summary": "Have the means and do not use them here yet.",
          "campaign": "Ask the {size} ({share}) what they miss; they could buy and do not: spending {spending} against {spending.all} at an income of {income}.",
          "personalisation": "Quality, service and proof instead of price: income {income} against {income.all} overall.",
          "product_offer": "One excellent product with a guarantee rather than a wide choice; {favourite}.",
          "retention": "A good first experience counts: they have little to come back for at a spending of {spending}.",
          "revenue": "The largest reserve: each one who spends like the average customer adds {spending.all} against {spending}."
        },
        {
          "name": "Spenders on a budget", "when": {"income": "low", "spending": "high"}, "goal": "nurture",
          "summary": "Glad to buy, with little money.",
          "campaign": "News and small treats for the {size} ({share}): spending {spending} against {spending.all} overall.",
          "product_offer": "Sets, instalments and things at entry price: income {income} against {income.all} overall."
        },
        {
          "name": "Careful with little", "when": {"income": "low", "spending": "low"}, "goal": "nurture",
          "summary": "Have little and buy little.",
          "campaign": "Cheap channels only for the {size} ({share}): spending {spending} against {spending.all} overall.",
          "product_offer": "Basics, bulk packs and clear prices: income {income} against {income.all} overall.",
          "revenue": "Do not lose money on them: {value}."
        },
        {
          "name": "Young middle", "when": {"age": "low", "income": "average", "spending": "average"}, "goal": "grow",
          "summary": "Young, with ordinary means and ordinary spending.",
          "campaign": "Win the {size} ({share}) over now: {age} years against {age.all} overall, habits are still forming.",
          "personalisation": "Mobile first, and picks by what they looked at last; income {income}, overall {income.all}."
        },
        {
          "name": "Settled middle", "when": {"age": "high", "income": "average", "spending": "average"}, "goal": "cross_sell",
          "summary": "Older, with ordinary means and ordinary spending.",
          "campaign": "Reliable offers by letter and mail to the {size} ({share}); {age} years against {age.all} overall.",
          "product_offer": "What goes with what they have: they spend {spending}, the average customer {spending.all}."
        },
        {
          "name": "New and dear", "when": {"tenure": "low", "charges": "high"}, "goal": "retain",
          "summary": "New, and on a dear plan.",
          "retention": "The first months decide: {tenure} so far against {tenure.all} overall, at {charges} (overall {charges.all}); call each of the {size} once.",
          "revenue": "Offer a longer contract at a fair price before they compare: {charges} against {charges.all} overall."
        },
        {
          "name": "Long-standing on a large plan", "when": {"tenure": "high", "charges": "high"}, "goal": "retain",
          "summary": "Have stayed long and pay most.",
          "retention": "Reward the {tenure} they stayed (overall {tenure.all}) before somebody else does."
        },
        {
          "name": "Long-standing on a small plan", "when": {"tenure": "high", "charges": "low"}, "goal": "up_sell",
          "summary": "Have stayed long on a small plan.",
          "product_offer": "One more service for the {size}: they pay {charges}, the average customer {charges.all}."
        },
        {
          "name": "New on a small plan", "when": {"tenure": "low", "charges": ["low", "average"]}, "goal": "nurture",
          "summary": "New, and on a small plan.",
          "retention": "Help with the first steps: {tenure} so far against {tenure.all} overall."
        },
        {
          "name": "Browsers", "when": {"visits": "high", "spending": "low"}, "goal": "grow",
          "summary": "Look often and buy little.",
          "campaign": "Remind the {size} of what they looked at: {visits} visits against {visits.all} overall."
        },
        {
          "name": "Bargain hunters", "when": {"discount": "high"}, "goal": "grow",
          "summary": "Buy when there is a discount.",
          "campaign": "Tell the {size} of sales first and keep them out of the rest: {discount} against {discount.all} overall.",
          "revenue": "Replace discounts by sets and delivery: {value}."
        },
        {
          "name": "Many returns", "when": {"returns": "high"}, "goal": "nurture",
          "summary": "Send much back.",
          "product_offer": "Better sizes, pictures and advice before the purchase: {returns} returns against {returns.all} overall."
        },
        {
          "name": "Those who bring most", "when": {"monetary": "high"}, "goal": "retain",
          "summary": "Bring more than others.",
          "revenue": "Protect what is there: {monetary} a customer against {monetary.all} overall."
        },
        {
          "name": "Full baskets", "when": {"basket": "high"}, "goal": "cross_sell",
          "summary": "Buy much at a time.",
          "campaign": "Offer the {size} delivery and sets: {basket} a purchase against {basket.all} overall."
        },
        {
          "name": "Glad to buy", "when": {"spending": "high"}, "goal": "cross_sell",
          "summary": "Spend more than others.",
          "product_offer": "Show the {size} the departments they do not know yet: spending {spending} against {spending.all} overall."
        },
        {
          "name": "Sparing", "when": {"spending": "low"}, "goal": "grow",
          "summary": "Spend less than others.",
          "campaign": "Find out what the {size} ({share}) come for and what they miss: spending {spending} against {spending.all} overall."
        }
      ],
      "goals": {
        "retain": {
          "campaign": "Thank the {size} customers ({share}) with something others do not get; what sets them apart: {strongest}.",
          "personalisation": "Greet them by what they value: {strongest}; {favourite}.",
          "product_offer": "Newest and best first for the {size}; {favourite}.",
          "retention": "Watch each of the {size} for a drop against their own past and act within the week.",
          "revenue": "Protect what is there before looking for more: {value}."
        },
        "grow": {
          "campaign": "Try two offers on halves of the {size} customers ({share}) and keep the one that sells more.",
          "personalisation": "Start from what sets them apart: {strongest}; {favourite}.",
          "product_offer": "A next step from what they buy now for the {size}; {favourite}.",
          "retention": "Make the next visit easy for the {size}: reminders, saved baskets, simple delivery.",
          "revenue": "Set a target for the segment and measure it against today: {value}."
        },
        "win_back": {
          "campaign": "Write to the {size} customers ({share}) once, with a reason to come back and an end date.",
          "personalisation": "Begin with what they bought before; what sets them apart: {strongest}.",
          "product_offer": "Show the {size} what is new since they left; {favourite}.",
          "retention": "Ask those of the {size} who come back what went wrong, and mend it first.",
          "revenue": "Spend on them no more than they are worth: {value}."
        },
        "cross_sell": {
          "campaign": "Introduce one more department to the {size} customers ({share}).",
          "personalisation": "Suggest what others like them buy; what sets them apart: {strongest}.",
          "product_offer": "Sets of what the {size} buy with what they do not buy yet; {favourite}.",
          "retention": "Customers of two departments leave less often: count how many of the {size} are.",
          "revenue": "Measure items a purchase against today: {value}."
        },
        "up_sell": {
          "campaign": "Show the {size} customers ({share}) the better version, with the reason for its price.",
          "personalisation": "Quality and service before price; what sets them apart: {strongest}.",
          "product_offer": "A trial of the next class for the {size}; {favourite}.",
          "retention": "Keep the promise of the better class to the {size}: service first.",
          "revenue": "Measure the price a purchase against today: {value}."
        },
        "nurture": {
          "campaign": "Stay in touch with the {size} customers ({share}) by cheap channels.",
          "personalisation": "Start from what sets them apart: {strongest}; {favourite}.",
          "product_offer": "Easy first steps and entry prices for the {size}; {favourite}.",
          "retention": "Look again after the next fit: is the share of {share} growing, and are they moving to better segments?",
          "revenue": "Keep the cost below what they bring: {value}."
        }
      }
    }

    """#
}
