#include "programs/partner.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "domain/text.hpp"
#include "programs/destination.hpp"
#include "storage/array_text.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

constexpr std::string_view columns =
    "select p.id, p.handle, p.type, p.status, p.stopped, p.status_reason, p.facts, p.website, p.version, p.created_at_us, "
    "coalesce(n.name, ''), coalesce(n.email, '') from partner p left join partner_person n on n.partner = p.id where ";

auto query_partners(storage::Tx& tx, std::string const& where, storage::Arg const& key) {
    return tx.query<std::int64_t, std::string, std::string, std::string, bool, std::string, std::string, std::string, std::int64_t, std::int64_t, std::string, std::string>(
        std::string(columns) + where, {key});
}

template <class Row>
Partner partner_of(Row&& row) {
    Partner p;
    std::tie(p.id, p.handle, p.type, p.status, p.stopped, p.status_reason, p.facts, p.website, p.version, p.created_at_us, p.name, p.email) = std::forward<Row>(row);
    return p;
}

std::optional<Partner> first_partner(storage::Tx& tx, std::string const& where, storage::Arg const& key) {
    auto row = query_partners(tx, where, key).next();
    if (!row) return std::nullopt;
    return partner_of(std::move(*row));
}

bool is_fact_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Status check_facts(std::string_view text) {
    auto const invalid = Error(errc::invalid_field, "facts are an object of at most 50 texts, with names of a-z, 0-9 and '_'", "/facts");
    boost::system::error_code ec;
    auto const value = boost::json::parse({text.data(), text.size()}, ec);
    if (ec || !value.is_object() || value.get_object().size() > 50) return invalid;
    for (auto const& [name, member] : value.get_object())
        if (!is_fact_name(name) || !member.is_string() || member.get_string().size() > 500) return invalid;
    return {};
}

Status check(Partner& p) {
    if (!is_handle(p.handle)) return Error(errc::invalid_field, "a handle has 1 to 64 of a-z, 0-9, '-', '_', '.'", "/handle");
    if (!is_handle(p.type)) return Error(errc::invalid_field, "a partner type is a word such as \"affiliate\"", "/partner_type");
    if (p.name.size() > 200 || has_control(p.name)) return Error(errc::invalid_field, "a name has at most 200 characters", "/name");
    if (!p.website.empty())
        if (auto status = check_destination(p.website, {}); !status) return Error(errc::invalid_field, status.error().detail, "/website");
    if (!p.email.empty()) {
        auto email = normalise_email(p.email);
        if (!email) return Error(errc::invalid_field, email.error().detail, "/email");
        p.email = *email;
    }
    return check_facts(p.facts);
}

// An address decides whose application it is and whose purchases are whose own, so it has one partner.
Status check_address(storage::Tx& tx, Kernel const& kernel, Partner const& p) {
    if (p.email.empty()) return {};
    auto const other = tx.value<std::int64_t>("select partner from partner_person where email_hash = :hash and partner <> :partner limit 1",
                                              {arg("hash", email_hash(kernel, p.email)), arg("partner", p.id)});
    if (other) return Error(errc::email_taken, "another partner has this e-mail address; an address belongs to one partner", "/email");
    return {};
}

void write_person(storage::Tx& tx, Kernel const& kernel, Partner const& p) {
    auto const hash = p.email.empty() ? std::string() : email_hash(kernel, p.email);
    tx.exec("insert into partner_person (partner, name, email, email_hash) values (:partner, :name, :email, :hash) "
            "on conflict (partner) do update set name = excluded.name, email = excluded.email, email_hash = excluded.email_hash",
            {arg("partner", p.id), arg("name", p.name), arg("email", p.email), arg("hash", hash)});
    if (!hash.empty()) add_identity(tx, p.id, hash);
}

}  // namespace

Status create_partner(storage::Tx& tx, Kernel const& kernel, Partner& p) {
    if (auto status = check(p); !status) return status;
    p.id = kernel.mint.mint();
    if (auto status = check_address(tx, kernel, p); !status) return status;
    p.version = 1;
    p.created_at_us = kernel.clock.now_us();
    auto const inserted = tx.exec("insert into partner (id, handle, type, status, stopped, status_reason, facts, website, version, created_at_us) "
                                  "values (:id, :handle, :type, 'active', 0, '', :facts, :website, 1, :now) on conflict (handle) do nothing",
                                  {arg("id", p.id), arg("handle", p.handle), arg("type", p.type), arg("facts", p.facts), arg("website", p.website), arg("now", p.created_at_us)});
    if (inserted == 0) return Error(errc::handle_taken, "there is a partner '" + p.handle + "'", "/handle");
    write_person(tx, kernel, p);
    return {};
}

Status update_partner(storage::Tx& tx, Kernel const& kernel, Partner const& changed) {
    Partner p = changed;
    if (auto status = check(p); !status) return status;
    // Only a new address is looked up: partners that share one from before stay changeable.
    auto const stored = find_partner(tx, p.id);
    if (!stored || stored->email != p.email)
        if (auto status = check_address(tx, kernel, p); !status) return status;
    tx.exec("update partner set type = :type, facts = :facts, website = :website, version = version + 1 where id = :id",
            {arg("type", p.type), arg("facts", p.facts), arg("website", p.website), arg("id", p.id)});
    write_person(tx, kernel, p);
    return {};
}

Status set_partner_status(storage::Tx& tx, Kernel const& kernel, Id partner, std::string_view status, std::string_view reason) {
    auto const changed = tx.exec("update partner set status = :status, status_reason = :reason, version = version + 1 where id = :id and status <> :status",
                                 {arg("status", status), arg("reason", reason), arg("id", partner)});
    if (changed == 0) return Error(errc::invalid_state, "the partner is " + std::string(status) + " already");
    kernel.changes.announce(tx, 0);
    return {};
}

void set_partner_stop(storage::Tx& tx, Kernel const& kernel, Id partner, bool stopped) {
    tx.exec("update partner set stopped = :stopped, version = version + 1 where id = :id", {arg("stopped", stopped), arg("id", partner)});
    kernel.changes.announce(tx, 0);
}

std::optional<Partner> find_partner(storage::Tx& tx, Id id) { return first_partner(tx, "p.id = :id", arg("id", id)); }

std::optional<Partner> find_partner(storage::Tx& tx, std::string_view handle_or_id) {
    if (auto id = parse_id("ptn", handle_or_id)) return find_partner(tx, *id);
    return first_partner(tx, "p.handle = :handle", arg("handle", handle_or_id));
}

std::vector<Partner> find_partners(storage::Tx& tx, std::span<Id const> partners) {
    std::vector<Partner> found;
    if (partners.empty()) return found;
    for (auto const& row : query_partners(tx, "p.id = any(cast(:ids as bigint[]))", arg("ids", storage::array_text(partners)))) found.push_back(partner_of(row));
    return found;
}

std::optional<Id> find_partner_by_email(storage::Tx& tx, Kernel const& kernel, std::string_view email) {
    return tx.value<std::int64_t>("select partner from partner_person where email_hash = :hash order by partner limit 1", {arg("hash", email_hash(kernel, email))});
}

std::vector<std::string> tags_of(storage::Tx& tx, Id partner) {
    std::vector<std::string> tags;
    for (auto const& [tag] : tx.query<std::string>("select tag from partner_tag where partner = :partner order by tag", {arg("partner", partner)})) tags.push_back(tag);
    return tags;
}

void set_tags(storage::Tx& tx, Id partner, std::vector<std::string> const& tags) {
    tx.exec("delete from partner_tag where partner = :partner", {arg("partner", partner)});
    for (auto const& tag : tags)
        tx.exec("insert into partner_tag (partner, tag) values (:partner, :tag) on conflict (partner, tag) do nothing", {arg("partner", partner), arg("tag", tag)});
}

Id add_note(storage::Tx& tx, Kernel const& kernel, Id partner, std::string_view author, std::string_view text) {
    Id const id = kernel.mint.mint();
    tx.exec("insert into partner_note (id, partner, author, text, at_us) values (:id, :partner, :author, :text, :now)",
            {arg("id", id), arg("partner", partner), arg("author", author), arg("text", text), arg("now", kernel.clock.now_us())});
    return id;
}

std::string email_hash(Kernel const& kernel, std::string_view email) { return keyed_hash_hex(kernel.secrets.hash_key, "email:" + std::string(email)); }

std::string customer_hash(Kernel const& kernel, Id program, std::string_view customer) {
    return keyed_hash_hex(kernel.secrets.hash_key, "customer:" + std::to_string(program) + ":" + std::string(customer));
}

void add_identity(storage::Tx& tx, Id partner, std::string_view hash) {
    tx.exec("insert into partner_identity (hash, partner) values (:hash, :partner) on conflict (hash, partner) do nothing", {arg("hash", hash), arg("partner", partner)});
}

bool is_identity_of(storage::Tx& tx, Id partner, std::string_view hash) {
    return tx.value<std::int64_t>("select 1 from partner_identity where hash = :hash and partner = :partner", {arg("hash", hash), arg("partner", partner)}).has_value();
}

}  // namespace partnerd::programs
