#include "api/listings.hpp"

namespace partnerd::api {

using routing::Listing;
namespace column = routing::column;
namespace filter = routing::filter;

namespace {

constexpr char payable_zone[] = "g.zone";

std::string quoted(std::string_view text) {
    std::string sql = "'";
    for (char const c : text) sql += c == '\'' ? "''" : std::string(1, c);
    return sql + "'";
}

std::vector<routing::ListColumn> link_columns(Api const& api) {
    return {column::text("code", "l.code"),
            column::text("url", quoted(api.public_url + "/r/") + " || l.code"),
            column::text("destination", "l.destination"),
            column::text("channel", "l.channel"),
            column::text("sub1", "l.sub1"),
            column::text("sub2", "l.sub2"),
            column::text("sub3", "l.sub3"),
            column::text("sub4", "l.sub4"),
            column::text("sub5", "l.sub5"),
            column::boolean("stopped", "l.stopped"),
            column::time("created_at", "l.created_at_us")};
}

std::vector<routing::ListColumn> partner_columns() {
    return {column::text("handle", "p.handle"),      column::text("partner_type", "p.type"),       column::text("status", "p.status"),
            column::boolean("stopped", "p.stopped"), column::text("reason", "p.status_reason"),    column::json("facts", "p.facts"),
            column::text("website", "p.website"),    column::time("created_at", "p.created_at_us")};
}

std::vector<routing::ListColumn> application_columns() {
    return {column::text("status", "a.status"),
            column::text("partner_type", "a.partner_type"),
            column::text("website", "a.website"),
            column::integer("accepted_terms", "a.terms_version"),
            column::id("partner", "a.partner", "ptn"),
            column::text("reason", "a.reason"),
            column::time("created_at", "a.created_at_us"),
            column::time("decided_at", "a.decided_at_us"),
            column::text("decided_by", "a.decided_by")};
}

routing::ListColumn order_money(std::string name, std::string sql) {
    return column::money(std::move(name), std::move(sql), "c.currency", "c.exponent");
}
routing::ListColumn commission_money(std::string name, std::string sql) {
    return column::money(std::move(name), std::move(sql), "m.currency", "m.exponent");
}

// The filter of a column that the list shows under the same name.
routing::ListFilter same(routing::ListColumn shown) {
    auto name = shown.name;
    return filter::equal(std::move(name), std::move(shown));
}

// The states a noun can have. A filter by another word is a typing mistake.
std::vector<std::string> program_words() { return {"draft", "pilot", "live", "paused", "ended"}; }
std::vector<std::string> enrollment_words() { return {"active", "suspended", "closed"}; }
std::vector<std::string> conversion_words() { return {"recorded", "held", "declined", "unattributed"}; }
std::vector<std::string> commission_words() { return {"pending", "approved", "reversed", "held", "declined", "test"}; }

// A partner of the path's program: a merchant does not learn who is a partner of others.
routing::ListFilter partner_of_program() {
    return filter::known("partner", column::text("partner", "p.handle"),
                         "select 1 from partner fp join enrollment fe on fe.partner = fp.id "
                         "where fp.handle = :known and fe.program = :known_program limit 1");
}

}  // namespace

Listing program_listing() {
    return {.noun = "program",
            .from = "program g",
            .id_sql = "g.id",
            .prefix = "prg",
            .columns = {column::text("handle", "g.handle"), column::text("name", "g.name"), column::text("status", "g.status"),
                        column::boolean("stopped", "g.stopped"), column::text("currency", "g.currency"),
                        column::json("order_currencies", "g.order_currencies"), column::text("zone", "g.zone"),
                        column::text("exclusive_group", "g.exclusive_group"), column::json("hosts", "g.hosts"),
                        column::text("destination", "g.destination"), column::boolean("auto_approve", "g.auto_approve"),
                        column::time("created_at", "g.created_at_us")},
            .filters = {filter::one_word_of(column::text("status", "g.status"), program_words()), same(column::text("handle", "g.handle"))},
            .where = {}};
}

Listing terms_listing() {
    return {.noun = "terms",
            .from = "terms t",
            .id_sql = "t.id",
            .prefix = "trm",
            .columns = {column::integer("version", "t.version"), column::time("effective_at", "t.effective_at_us"),
                        column::json("settings", "t.settings"), column::json("plan", "t.plan"), column::text("text", "t.text"),
                        column::time("created_at", "t.created_at_us")},
            .filters = {same(column::integer("version", "t.version"))},
            .where = {}};
}

Listing partner_listing() {
    auto columns = partner_columns();
    columns.insert(columns.begin() + 1, {column::text("name", "coalesce(n.name, '')"), column::text("email", "coalesce(n.email, '')")});
    return {.noun = "partner",
            .from = "partner p left join partner_person n on n.partner = p.id",
            .id_sql = "p.id",
            .prefix = "ptn",
            .columns = std::move(columns),
            .filters = {filter::one_word_of(column::text("status", "p.status"), {"active", "suspended"}),
                        filter::equal("type", column::text("", "p.type")), same(column::text("handle", "p.handle")),
                        filter::equal("tag",
                                      column::text("", "(select pt.tag from partner_tag pt where pt.partner = p.id and pt.tag = :f_tag)"))},
            .where = {}};
}

Listing partner_without_person_listing() {
    return {.noun = "partner",
            .from = "partner p",
            .id_sql = "p.id",
            .prefix = "ptn",
            .columns = partner_columns(),
            .filters = {},
            .where = {}};
}

Listing note_listing() {
    return {.noun = "note",
            .from = "partner_note n",
            .id_sql = "n.id",
            .prefix = "note",
            .columns = {column::text("author", "n.author"), column::text("text", "n.text"), column::time("at", "n.at_us")},
            .filters = {},
            .where = {}};
}

Listing pilot_listing() {
    return {.noun = "pilot-partner",
            .from = "program_pilot i join partner p on p.id = i.partner",
            .id_sql = "i.partner",
            .prefix = "ptn",
            .columns = {column::text("handle", "p.handle"), column::text("status", "p.status")},
            .filters = {},
            .where = {}};
}

Listing enrollment_listing() {
    return {.noun = "enrollment",
            .from = "enrollment e join partner p on p.id = e.partner join program g on g.id = e.program",
            .id_sql = "e.id",
            .prefix = "enr",
            .columns = {column::text("program", "g.handle"), column::text("partner", "p.handle"),
                        column::id("partner_id", "e.partner", "ptn"), column::text("status", "e.status"), column::text("group", "e.grp"),
                        column::integer("accepted_terms", "e.accepted_terms"), column::text("reason", "e.reason"),
                        column::time("joined_at", "e.joined_at_us")},
            .filters = {filter::one_word_of(column::text("status", "e.status"), enrollment_words()), partner_of_program(),
                        same(column::text("group", "e.grp"))},
            .where = {}};
}

Listing application_listing() {
    auto columns = application_columns();
    columns.insert(columns.begin() + 1, {column::text("name", "coalesce(n.name, '')"), column::text("email", "coalesce(n.email, '')"),
                                         column::json("answers", "a.answers")});
    return {.noun = "application",
            .from = "application a left join application_person n on n.application = a.id",
            .id_sql = "a.id",
            .prefix = "app",
            .columns = std::move(columns),
            .filters = {filter::one_word_of(column::text("status", "a.status"), {"pending", "approved", "rejected"}),
                        filter::from("from", "a.created_at_us"), filter::until("to", "a.created_at_us")},
            .where = {}};
}

Listing application_without_person_listing() {
    return {.noun = "application",
            .from = "application a",
            .id_sql = "a.id",
            .prefix = "app",
            .columns = application_columns(),
            .filters = {},
            .where = {}};
}

Listing link_listing(Api const& api) {
    auto columns = link_columns(api);
    columns.insert(columns.begin(), column::text("partner", "p.handle"));
    return {.noun = "link",
            .from = "link l join partner p on p.id = l.partner",
            .id_sql = "l.id",
            .prefix = "lnk",
            .columns = std::move(columns),
            .filters = {partner_of_program(), same(column::text("code", "l.code")), same(column::text("channel", "l.channel")),
                        same(column::boolean("stopped", "l.stopped"))},
            .where = {}};
}

Listing conversion_listing() {
    return {.noun = "conversion",
            .from =
                "conversion c left join partner p on p.id = c.partner left join terms t on t.program = c.program and t.id = c.terms "
                "left join customer_person cp on cp.program = c.program and cp.customer = c.customer",
            .id_sql = "c.id",
            .prefix = "cnv",
            .columns = {column::text("kind", "c.kind"),
                        column::text("external_id", "c.external_id"),
                        column::text("order_id", "c.order_id"),
                        column::text("state", "c.state"),
                        column::text("reason", "c.reason"),
                        column::text("partner", "p.handle"),
                        order_money("amount", "c.total_minor"),
                        order_money("base", "c.base_minor"),
                        order_money("left", "c.left_total_minor"),
                        order_money("left_base", "c.left_base_minor"),
                        column::json("items", "c.items"),
                        column::time("at", "c.at_us"),
                        column::time("recorded_at", "c.recorded_at_us"),
                        column::text("source", "c.source"),
                        column::text("code", "c.code"),
                        column::id("link", "c.link", "lnk"),
                        column::text("customer", "coalesce(cp.reference, '')"),
                        column::integer("terms_version", "t.version"),
                        column::text("plugin", "c.plugin"),
                        column::boolean("test", "c.test")},
            .filters = {same(column::text("kind", "c.kind")), filter::one_word_of(column::text("state", "c.state"), conversion_words()),
                        partner_of_program(), filter::from("from", "c.at_us"), filter::until("to", "c.at_us"),
                        same(column::text("external_id", "c.external_id")), same(column::text("order_id", "c.order_id")),
                        same(column::boolean("test", "c.test"))},
            .where = {}};
}

Listing unattributed_listing() {
    auto listing = conversion_listing();
    listing.noun = "unattributed";
    listing.from += " left join conversion_trace x on x.conversion = c.id";
    listing.columns.push_back(column::json("trace", "x.trace"));
    listing.where = "c.state = 'unattributed'";
    std::erase_if(listing.filters, [](auto const& f) { return f.name == "state" || f.name == "partner"; });
    listing.filters.push_back(same(column::text("reason", "c.reason")));
    return listing;
}

Listing adjustment_listing() {
    return {.noun = "adjustment",
            .from = "adjustment j join conversion c on c.id = j.conversion",
            .id_sql = "j.id",
            .prefix = "adj",
            .columns = {column::id("conversion", "j.conversion", "cnv"), column::text("kind", "c.kind"),
                        column::text("external_id", "c.external_id"), column::text("adjustment_id", "j.adjustment_id"),
                        column::text("type", "j.type"), order_money("amount", "j.amount_minor"), order_money("base", "j.base_minor"),
                        column::json("items", "j.items"), column::text("reason", "j.reason"), column::time("at", "j.at_us"),
                        column::time("recorded_at", "j.recorded_at_us"), column::boolean("test", "c.test")},
            .filters = {filter::one_word_of(column::text("type", "j.type"), {"refund", "chargeback", "amend", "status"}),
                        same(column::id("conversion", "j.conversion", "cnv")), same(column::text("external_id", "c.external_id")),
                        same(column::text("adjustment_id", "j.adjustment_id")), filter::from("from", "j.at_us"),
                        filter::until("to", "j.at_us")},
            .where = {}};
}

Listing commission_listing() {
    return {
        .noun = "commission",
        .from =
            "commission m join program g on g.id = m.program join conversion c on c.id = m.conversion left join partner p on p.id = m.partner",
        .id_sql = "m.id",
        .prefix = "com",
        .columns = {column::id("conversion", "m.conversion", "cnv"), column::text("external_id", "c.external_id"),
                    column::text("partner", "p.handle"), column::text("kind", "m.kind"), column::text("rule", "m.rule"),
                    column::text("line", "m.line_key"), commission_money("amount", "m.net_minor"),
                    commission_money("gross", "m.gross_minor"), column::text("state", "m.state"), column::text("reason", "m.reason"),
                    column::time("at", "m.at_us"), column::day_of("payable_on", "m.payable_at_us", payable_zone),
                    column::time("payable_at", "m.payable_at_us")},
        .filters = {filter::one_word_of(column::text("state", "m.state"), commission_words()), partner_of_program(),
                    same(column::text("rule", "m.rule")), same(column::id("conversion", "m.conversion", "cnv")),
                    filter::from("from", "m.at_us"), filter::until("to", "m.at_us")},
        .where = {}};
}

Listing account_listing() {
    return {
        .noun = "account",
        .from = "account a left join partner p on p.id = a.partner",
        .id_sql = "a.id",
        .prefix = "acc",
        .columns = {column::text("name", "a.name"), column::text("partner", "p.handle"),
                    column::money("balance",
                                  "case when a.kept = 1 then a.balance_minor else cast(coalesce((select sum(q.amount_minor) from posting q "
                                  "where q.program = a.program and q.account = a.id), 0) as bigint) end",
                                  "a.currency", "a.exponent")},
        .filters = {same(column::text("name", "a.name")), partner_of_program(), filter::equal("currency", column::text("", "a.currency"))},
        .where = {}};
}

Listing entry_listing() {
    return {
        .noun = "entry",
        .from = "entry e left join seal s on s.program = e.program and s.entry = e.id",
        .id_sql = "e.id",
        .prefix = "ent",
        .columns = {column::text("key", "e.entry_key"), column::text("kind", "e.kind"), column::text("memo", "e.memo"),
                    column::id("conversion", "e.conversion", "cnv"), column::time("at", "e.at_us"),
                    column::time("recorded_at", "e.recorded_at_us"), column::integer("seal_seq", "s.seal_seq")},
        .filters = {same(column::text("kind", "e.kind")), same(column::text("key", "e.entry_key")),
                    same(column::id("conversion", "e.conversion", "cnv")), filter::from("from", "e.at_us"), filter::until("to", "e.at_us")},
        .where = {}};
}

Listing key_listing() {
    return {.noun = "key",
            .from = "api_key k",
            .id_sql = "k.id",
            .prefix = "key",
            .columns = {column::text("kind", "case k.kind when 1 then 'operator' when 2 then 'merchant' else 'partner' end"),
                        column::id("program", "case when k.kind = 2 then k.principal else 0 end", "prg"),
                        column::id("partner", "case when k.kind = 3 then k.principal else 0 end", "ptn"), column::text("label", "k.label"),
                        column::text("scopes", "k.scopes"), column::boolean("test", "k.test"),
                        column::time("created_at", "k.created_at_us"), column::time("expires_at", "k.expires_at_us"),
                        column::time("revoked_at", "k.revoked_at_us"), column::time("last_used_at", "k.last_used_at_us")},
            .filters = {filter::one_word_of(
                            column::text("kind", "case k.kind when 1 then 'operator' when 2 then 'merchant' else 'partner' end"),
                            {"operator", "merchant", "partner"}),
                        same(column::boolean("test", "k.test")),
                        same(column::id("program", "case when k.kind = 2 then k.principal else 0 end", "prg")),
                        same(column::id("partner", "case when k.kind = 3 then k.principal else 0 end", "ptn"))},
            .where = {}};
}

Listing audit_listing() {
    return {.noun = "audit",
            .from = "audit u",
            .id_sql = "u.id",
            .prefix = "aud",
            .columns = {column::time("at", "u.at_us"), column::text("actor_kind", "u.actor_kind"), column::id("actor", "u.actor", "key"),
                        column::text("action", "u.action"), column::text("noun", "u.noun"), column::json("before", "u.before_json"),
                        column::json("after", "u.after_json"), column::text("request_id", "u.request_id")},
            .filters = {same(column::text("noun", "u.noun")), same(column::text("action", "u.action")),
                        same(column::text("actor_kind", "u.actor_kind")), same(column::id("actor", "u.actor", "key")),
                        same(column::text("request_id", "u.request_id")), filter::from("from", "u.at_us"), filter::until("to", "u.at_us")},
            .where = {}};
}

Listing my_program_listing() {
    return {.noun = "program",
            .from = "enrollment e join program g on g.id = e.program",
            .id_sql = "e.id",
            .prefix = "enr",
            .columns = {column::text("program", "g.handle"), column::text("name", "g.name"), column::text("program_status", "g.status"),
                        column::text("currency", "g.currency"), column::text("zone", "g.zone"), column::text("status", "e.status"),
                        column::text("reason", "e.reason"), column::text("group", "e.grp"),
                        column::integer("accepted_terms", "e.accepted_terms"),
                        column::integer("terms_version", "(select max(t.version) from terms t where t.program = g.id)"),
                        column::time("joined_at", "e.joined_at_us")},
            .filters = {filter::one_word_of(column::text("status", "e.status"), enrollment_words())},
            .where = {}};
}

Listing my_link_listing(Api const& api) {
    return {.noun = "link",
            .from = "link l",
            .id_sql = "l.id",
            .prefix = "lnk",
            .columns = link_columns(api),
            .filters = {same(column::text("code", "l.code")), same(column::text("channel", "l.channel"))},
            .where = {}};
}

Listing my_conversion_listing() {
    return {.noun = "conversion",
            .from = "conversion c",
            .id_sql = "c.id",
            .prefix = "cnv",
            .columns = {column::text("kind", "c.kind"), column::text("state", "c.state"), column::text("reason", "c.reason"),
                        order_money("amount", "c.base_minor"), order_money("left", "c.left_base_minor"), column::time("at", "c.at_us"),
                        column::text("source", "c.source"), column::id("link", "c.link", "lnk"), column::boolean("test", "c.test")},
            .filters = {same(column::text("kind", "c.kind")), filter::one_word_of(column::text("state", "c.state"), conversion_words()),
                        filter::from("from", "c.at_us"), filter::until("to", "c.at_us"), same(column::id("link", "c.link", "lnk"))},
            .where = {}};
}

Listing my_commission_listing() {
    auto listing = commission_listing();
    std::erase_if(listing.columns, [](auto const& c) { return c.name == "partner" || c.name == "external_id"; });
    std::erase_if(listing.filters, [](auto const& f) { return f.name == "partner"; });
    return listing;
}

Listing my_key_listing() {
    auto listing = key_listing();
    std::erase_if(listing.columns, [](auto const& c) { return c.name == "program" || c.name == "partner" || c.name == "kind"; });
    listing.filters.clear();
    listing.where = "k.kind = 3";
    return listing;
}

}  // namespace partnerd::api
