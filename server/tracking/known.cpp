#include "tracking/known.hpp"

#include <algorithm>

namespace partnerd::tracking {

using storage::arg;

namespace {

template <class Map, class Key, class Read>
auto& read_once(Map& map, Key const& key, Read read) {
    auto found = map.find(key);
    if (found == map.end()) found = map.emplace(key, read()).first;
    return found->second;
}

template <class T>
std::shared_ptr<T const> shared(std::optional<T> found) {
    return found ? std::make_shared<T const>(std::move(*found)) : nullptr;
}

}  // namespace

// Parts end with a byte that no text of ours has.
std::string Known::key_of(Id id, std::string_view a, std::string_view b) {
    std::string key(reinterpret_cast<char const*>(&id), sizeof id);
    return key.append(a).append(1, '\0').append(b);
}

Known& Known::of(storage::Tx& tx) {
    auto& kept = tx.memory();
    if (kept == nullptr) kept = std::make_shared<Known>();
    return *static_cast<Known*>(kept.get());
}

bool Known::forget_the_uncertain(storage::Tx& tx) {
    forget_the_shared(tx);
    if (changes_ == tx.changes()) return false;
    changes_ = tx.changes();
    conversions_.clear();
    claims_.clear();
    clicks_.clear();
    identities_.clear();
    customers_.clear();
    return true;
}

void Known::forget_the_shared(storage::Tx& tx) {
    constexpr std::size_t rows_max = 50'000;
    static storage::TableSet const tables({"program", "link", "enrollment", "partner", "partner_person", "partner_tag", "account"});
    auto const changes = tx.changes_of(tables);
    auto const rows = links_.size() + enrollments_.size() + partners_.size() + tags_.size() + accounts_.size();
    if (changes_of_shared_ == changes && rows < rows_max) return;
    changes_of_shared_ = changes;
    versions_.clear();
    programs_.clear();
    links_.clear();
    enrollments_.clear();
    partners_.clear();
    tags_.clear();
    accounts_.clear();
}

void Known::expect(storage::Tx& tx, Wish wish) {
    if (forget_the_uncertain(tx)) wishes_.clear();  // of a batch that is over
    wishes_.push_back(std::move(wish));
}

void Known::refresh(storage::Tx& tx) {
    forget_the_uncertain(tx);
    if (wishes_.empty()) return;
    auto const wishes = std::exchange(wishes_, {});
    fetch(tx, wishes);
}

std::optional<std::int64_t> Known::program_version(storage::Tx& tx, Id program) {
    refresh(tx);
    return read_once(versions_, program, [&] { return tx.value<std::int64_t>("select version from program where id = :id", {arg("id", program)}); });
}

Known::Program Known::program(storage::Tx& tx, Id program) {
    refresh(tx);
    return read_once(programs_, program, [&] { return shared(programs::find_program(tx, program)); });
}

bool Known::has_conversion(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id) {
    refresh(tx);
    return read_once(conversions_, natural_key(program, test, kind, external_id), [&] {
        return tx.value<std::int64_t>("select id from conversion where program = :program and test = :test and kind = :kind and external_id = :external_id",
                                      {arg("program", program), arg("test", test), arg("kind", kind), arg("external_id", external_id)})
            .has_value();
    });
}

bool Known::has_claim(storage::Tx& tx, std::string_view scope, std::string_view order_id) {
    refresh(tx);
    return read_once(claims_, claim_key(scope, order_id), [&] {
        return tx.value<std::int64_t>("select conversion from order_claim where scope = :scope and order_id = :order_id", {arg("scope", scope), arg("order_id", order_id)}).has_value();
    });
}

std::optional<Known::Click> Known::click(storage::Tx& tx, Id program, Id click) {
    refresh(tx);
    return read_once(clicks_, std::pair{program, click}, [&]() -> std::optional<Click> {
        auto const row = tx.row<std::int64_t, std::string>("select link, sub1 from click where program = :program and id = :id", {arg("program", program), arg("id", click)});
        if (!row) return std::nullopt;
        return Click{std::get<0>(*row), std::get<1>(*row)};
    });
}

Known::Link Known::link(storage::Tx& tx, Id link) {
    refresh(tx);
    return read_once(links_, link, [&] { return shared(programs::find_link(tx, link)); });
}

Known::Enrollment Known::enrollment(storage::Tx& tx, Id program, Id enrollment) {
    refresh(tx);
    return read_once(enrollments_, std::pair{program, enrollment}, [&] { return shared(programs::find_enrollment(tx, program, enrollment)); });
}

Known::Partner Known::partner(storage::Tx& tx, Id partner) {
    refresh(tx);
    return read_once(partners_, partner, [&] { return shared(programs::find_partner(tx, partner)); });
}

std::vector<std::string> const& Known::tags(storage::Tx& tx, Id partner) {
    refresh(tx);
    return read_once(tags_, partner, [&] { return programs::tags_of(tx, partner); });
}

bool Known::is_identity(storage::Tx& tx, Id partner, std::string const& hash) {
    refresh(tx);
    auto const& partners = read_once(identities_, hash, [&] {
        std::vector<Id> all;
        for (auto const& [id] : tx.query<std::int64_t>("select partner from partner_identity where hash = :hash", {arg("hash", hash)})) all.push_back(id);
        return all;
    });
    return std::find(partners.begin(), partners.end(), partner) != partners.end();
}

Known::Customer& Known::customer(storage::Tx& tx, Id program, std::string const& customer) {
    refresh(tx);
    return read_once(customers_, customer_key(program, customer), [&] {
        auto const row = tx.row<std::optional<std::int64_t>, bool>(
            "select (select first_at_us from customer where program = :program and customer = :customer), "
            "exists (select 1 from binding where program = :program and customer = :customer)",
            {arg("program", program), arg("customer", customer)});
        return Customer{std::get<0>(*row), std::get<1>(*row)};
    });
}

std::optional<std::int64_t> Known::first_at_us(storage::Tx& tx, Id program, std::string const& name) { return customer(tx, program, name).first_at_us; }

bool Known::has_binding(storage::Tx& tx, Id program, std::string const& name) { return customer(tx, program, name).bound; }

ledger::Standing Known::account(storage::Tx& tx, IdMint& mint, Id program, std::string const& name, Id partner, Currency currency) {
    refresh(tx);
    auto const key = account_key(program, name, currency.code());
    if (auto const found = accounts_.find(key); found != accounts_.end()) return found->second;
    auto standing = ledger::find_standing(tx, program, name, partner, currency);
    if (!standing) standing = ledger::Standing{ledger::open_account(tx, mint, program, name, partner, currency), 0};
    refresh(tx);  // it may have been opened
    return accounts_.emplace(key, *standing).first->second;
}

void Known::wrote_posting(ledger::Account const& account, std::int64_t amount_minor) {
    auto const found = accounts_.find(account_key(account.program, account.name, account.currency.code()));
    if (found != accounts_.end()) found->second.balance_minor += amount_minor;
}

void Known::wrote_conversion(Id program, bool test, std::string_view kind, std::string_view external_id) { conversions_[natural_key(program, test, kind, external_id)] = true; }

void Known::wrote_claim(std::string_view scope, std::string_view order_id) { claims_[claim_key(scope, order_id)] = true; }

void Known::wrote_first_at_us(Id program, std::string const& customer, std::int64_t at_us) {
    if (auto const found = customers_.find(customer_key(program, customer)); found != customers_.end()) found->second.first_at_us = at_us;
}

void Known::wrote_binding(Id program, std::string const& customer) {
    if (auto const found = customers_.find(customer_key(program, customer)); found != customers_.end()) found->second.bound = true;
}

}  // namespace partnerd::tracking
