// What the conversions of a batch will ask, in a few statements. Each row of a list is looked up by its key, however many rows the
// table has or had when PostgreSQL planned the statement: hence the subqueries, which it does not turn into joins.
#include "storage/array_text.hpp"
#include "tracking/known.hpp"

namespace partnerd::tracking {

using storage::arg;
using storage::array_text;

namespace {

using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;

}  // namespace

void Known::fetch(storage::Tx& tx, std::vector<Wish> const& wishes) {
    if (tx.dialect() == storage::Dialect::sqlite) return;  // a question costs no journey there
    fetch_natural(tx, wishes);
    fetch_customers(tx, wishes);
    fetch_identities(tx, wishes);
    fetch_clicks(tx, wishes);
    fetch_accounts(tx, wishes);
}

void Known::fetch_natural(storage::Tx& tx, std::vector<Wish> const& wishes) {
    Numbers programs, tests;
    Texts kinds, external_ids, scopes, order_ids;
    for (auto const& wish : wishes) {
        programs.push_back(wish.program);
        tests.push_back(wish.test ? 1 : 0);
        kinds.push_back(wish.kind);
        external_ids.push_back(wish.external_id);
        scopes.push_back(wish.order_id.empty() ? std::string() : program_scope(wish.program));
        order_ids.push_back(wish.order_id);
    }
    std::size_t at = 0;
    for (auto const& [version, conversion, claim] : tx.query<std::optional<std::int64_t>, bool, bool>(
             "select (select version from program p where p.id = w.program), "
             "exists (select 1 from conversion c where c.program = w.program and c.test = w.test and c.kind = w.kind and c.external_id = w.external_id), "
             "exists (select 1 from order_claim o where o.scope = w.scope and o.order_id = w.order_id) "
             "from unnest(cast(:programs as bigint[]), cast(:tests as bigint[]), cast(:kinds as text[]), cast(:external_ids as text[]), cast(:scopes as text[]), "
             "cast(:order_ids as text[])) with ordinality as w(program, test, kind, external_id, scope, order_id, place) order by w.place",
             {arg("programs", array_text(programs)), arg("tests", array_text(tests)), arg("kinds", array_text(kinds)), arg("external_ids", array_text(external_ids)),
              arg("scopes", array_text(scopes)), arg("order_ids", array_text(order_ids))})) {
        auto const& wish = wishes[at++];
        versions_[wish.program] = version;
        conversions_[natural_key(wish.program, wish.test, wish.kind, wish.external_id)] = conversion;
        if (!wish.order_id.empty()) claims_[claim_key(program_scope(wish.program), wish.order_id)] = claim;
    }
}

void Known::fetch_customers(storage::Tx& tx, std::vector<Wish> const& wishes) {
    Numbers programs;
    Texts customers;
    for (auto const& wish : wishes)
        if (!wish.customer.empty()) {
            programs.push_back(wish.program);
            customers.push_back(wish.customer);
        }
    if (programs.empty()) return;
    for (auto const& [program, customer, first, bound] : tx.query<std::int64_t, std::string, std::optional<std::int64_t>, bool>(
             "select w.program, w.customer, (select first_at_us from customer c where c.program = w.program and c.customer = w.customer), "
             "exists (select 1 from binding b where b.program = w.program and b.customer = w.customer) "
             "from unnest(cast(:programs as bigint[]), cast(:customers as text[])) as w(program, customer)",
             {arg("programs", array_text(programs)), arg("customers", array_text(customers))}))
        customers_[customer_key(program, customer)] = {first, bound};
}

void Known::fetch_identities(storage::Tx& tx, std::vector<Wish> const& wishes) {
    Texts hashes;
    for (auto const& wish : wishes)
        for (auto const* hash : {&wish.customer, &wish.email_hash})
            if (!hash->empty() && identities_.try_emplace(*hash).second) hashes.push_back(*hash);
    if (hashes.empty()) return;
    for (auto const& [hash, partner] : tx.query<std::string, std::int64_t>("select hash, partner from partner_identity where hash = any(cast(:hashes as text[]))",
                                                                          {arg("hashes", array_text(hashes))}))
        identities_[hash].push_back(partner);
}

// The click, and whom its link leads to.
void Known::fetch_clicks(storage::Tx& tx, std::vector<Wish> const& wishes) {
    Numbers programs, clicks;
    for (auto const& wish : wishes)
        if (wish.click != 0) {
            programs.push_back(wish.program);
            clicks.push_back(wish.click);
            clicks_.try_emplace({wish.program, wish.click});
        }
    if (clicks.empty()) return;
    Numbers links, owners, enrollments, partners;
    for (auto const& [program, click, link, sub1] : tx.query<std::int64_t, std::int64_t, std::int64_t, std::string>(
             "select w.program, w.id, c.link, c.sub1 from unnest(cast(:programs as bigint[]), cast(:clicks as bigint[])) as w(program, id) "
             "cross join lateral (select link, sub1 from click c where c.program = w.program and c.id = w.id limit 1) as c",
             {arg("programs", array_text(programs)), arg("clicks", array_text(clicks))})) {
        clicks_[{program, click}] = Click{link, sub1};
        if (links_.try_emplace(link).second) links.push_back(link);
    }
    for (auto& link : programs::find_links(tx, links)) {
        if (enrollments_.try_emplace({link.program, link.enrollment}).second) {
            enrollments.push_back(link.enrollment);
            owners.push_back(link.program);
        }
        auto const id = link.id;
        links_[id] = std::make_shared<programs::Link const>(std::move(link));
    }
    for (auto& enrollment : programs::find_enrollments(tx, owners, enrollments)) {
        if (partners_.try_emplace(enrollment.partner).second) partners.push_back(enrollment.partner);
        std::pair const id{enrollment.program, enrollment.id};
        enrollments_[id] = std::make_shared<programs::Enrollment const>(std::move(enrollment));
    }
    for (auto& partner : programs::find_partners(tx, partners)) {
        auto const id = partner.id;
        partners_[id] = std::make_shared<programs::Partner const>(std::move(partner));
    }
}

// Those that a conversion of a click posts to.
void Known::fetch_accounts(storage::Tx& tx, std::vector<Wish> const& wishes) {
    Numbers programs;
    Texts names;
    std::unordered_map<std::string, Id> partners;
    for (auto const& wish : wishes) {
        auto const click = clicks_.find({wish.program, wish.click});
        if (click == clicks_.end() || !click->second) continue;
        auto const link = links_.find(click->second->link);
        if (link == links_.end() || link->second == nullptr) continue;
        for (auto const& [name, partner] : {std::pair{std::string(ledger::expense_account), Id{0}}, {ledger::pending_account(link->second->partner), link->second->partner}}) {
            programs.push_back(wish.program);
            names.push_back(name);
            partners[name] = partner;
        }
    }
    if (programs.empty()) return;
    for (auto const& [program, name, id, currency, exponent, balance] : tx.query<std::int64_t, std::string, std::int64_t, std::string, std::int64_t, std::int64_t>(
             "select distinct w.program, w.name, a.id, a.currency, a.exponent, a.balance_minor from unnest(cast(:programs as bigint[]), cast(:names as text[])) as w(program, name) "
             "cross join lateral (select id, currency, exponent, balance_minor from account a where a.program = w.program and a.name = w.name limit 100) as a",
             {arg("programs", array_text(programs)), arg("names", array_text(names))})) {
        auto account = ledger::named_account(id, program, name, partners[name], Currency(currency, static_cast<int>(exponent)));
        accounts_[account_key(program, name, currency)] = {std::move(account), balance};
    }
}

}  // namespace partnerd::tracking
