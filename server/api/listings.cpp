#include "api/listings.hpp"

#include "ledger/outside_name.hpp"

namespace partnerd::api {

using routing::Listing;
namespace column = routing::column;
namespace filter = routing::filter;

namespace {

constexpr char payable_zone[] = "g.zone";
constexpr char texts_schema[] = R"({"type":"array","items":{"type":"string"}})";
constexpr char map_schema[] = R"({"type":"object","additionalProperties":{"type":"string"}})";
constexpr char object_schema[] = R"({"type":"object"})";
constexpr char items_schema[] = R"({"type":"array","items":{"type":"object"}})";

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
    return {column::text("handle", "p.handle"),        column::text("partner_type", "p.type"),
            column::text("status", "p.status"),        column::boolean("stopped", "p.stopped"),
            column::text("reason", "p.status_reason"), column::json("facts", "p.facts", map_schema),
            column::text("website", "p.website"),      column::time("created_at", "p.created_at_us")};
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
                        column::json("order_currencies", "g.order_currencies", texts_schema), column::text("zone", "g.zone"),
                        column::text("exclusive_group", "g.exclusive_group"), column::json("hosts", "g.hosts", texts_schema),
                        column::text("destination", "g.destination"), column::boolean("auto_approve", "g.auto_approve"),
                        column::time("created_at", "g.created_at_us")},
            .filters = {filter::one_word_of(column::text("status", "g.status"), program_words()),
                        filter::same(column::text("handle", "g.handle"))},
            .where = {}};
}

Listing terms_listing() {
    return {.noun = "terms",
            .from = "terms t",
            .id_sql = "t.id",
            .prefix = "trm",
            .columns = {column::integer("version", "t.version"), column::time("effective_at", "t.effective_at_us"),
                        column::json("settings", "t.settings", object_schema), column::json("plan", "t.plan", object_schema),
                        column::text("text", "t.text"), column::time("created_at", "t.created_at_us")},
            .filters = {filter::same(column::integer("version", "t.version"))},
            .where = {},
            .schema = "Terms"};
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
                        filter::equal("type", column::text("", "p.type")), filter::same(column::text("handle", "p.handle")),
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
            .where = {},
            .schema = "PartnerWithoutPerson"};
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
                        filter::same(column::text("group", "e.grp"))},
            .where = {}};
}

Listing application_listing() {
    auto columns = application_columns();
    columns.insert(columns.begin() + 1, {column::text("name", "coalesce(n.name, '')"), column::text("email", "coalesce(n.email, '')"),
                                         column::json("answers", "a.answers", map_schema)});
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
            .where = {},
            .schema = "ApplicationWithoutPerson"};
}

Listing link_listing(Api const& api) {
    auto columns = link_columns(api);
    columns.insert(columns.begin(), column::text("partner", "p.handle"));
    return {.noun = "link",
            .from = "link l join partner p on p.id = l.partner",
            .id_sql = "l.id",
            .prefix = "lnk",
            .columns = std::move(columns),
            .filters = {partner_of_program(), filter::same(column::text("code", "l.code")),
                        filter::same(column::text("channel", "l.channel")), filter::same(column::boolean("stopped", "l.stopped"))},
            .where = {}};
}

Listing conversion_listing() {
    return {
        .noun = "conversion",
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
                    column::nullable(column::text("partner", "p.handle")),
                    order_money("amount", "c.total_minor"),
                    order_money("base", "c.base_minor"),
                    order_money("left", "c.left_total_minor"),
                    order_money("left_base", "c.left_base_minor"),
                    column::json("items", "c.items", items_schema),
                    column::time("at", "c.at_us"),
                    column::time("recorded_at", "c.recorded_at_us"),
                    column::text("source", "c.source"),
                    column::text("code", "c.code"),
                    column::id("link", "c.link", "lnk"),
                    column::text("customer", "coalesce(cp.reference, '')"),
                    column::nullable(column::integer("terms_version", "t.version")),
                    column::text("plugin", "c.plugin"),
                    column::boolean("test", "c.test")},
        .filters = {filter::same(column::text("kind", "c.kind")), filter::one_word_of(column::text("state", "c.state"), conversion_words()),
                    partner_of_program(), filter::from("from", "c.at_us"), filter::until("to", "c.at_us"),
                    filter::same(column::text("external_id", "c.external_id")), filter::same(column::text("order_id", "c.order_id")),
                    filter::same(column::boolean("test", "c.test"))},
        .where = {}};
}

Listing unattributed_listing() {
    auto listing = conversion_listing();
    listing.noun = "unattributed";
    listing.from += " left join conversion_trace x on x.conversion = c.id";
    // Of the trace, the route keeps the candidates.
    listing.columns.push_back(column::json("near_misses", "x.trace", R"({"type":"array","items":{"type":"object"}})"));
    listing.schema = "UnattributedConversion";
    listing.where = "c.state = 'unattributed'";
    std::erase_if(listing.filters, [](auto const& f) { return f.name == "state" || f.name == "partner"; });
    listing.filters.push_back(filter::same(column::text("reason", "c.reason")));
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
                        column::json("items", "j.items", items_schema), column::text("reason", "j.reason"), column::time("at", "j.at_us"),
                        column::time("recorded_at", "j.recorded_at_us"), column::boolean("test", "c.test")},
            .filters = {filter::one_word_of(column::text("type", "j.type"), {"refund", "chargeback", "amend", "status"}),
                        filter::same(column::id("conversion", "j.conversion", "cnv")),
                        filter::same(column::text("external_id", "c.external_id")),
                        filter::same(column::text("adjustment_id", "j.adjustment_id")), filter::from("from", "j.at_us"),
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
                    column::nullable(column::text("partner", "p.handle")), column::text("kind", "m.kind"), column::text("rule", "m.rule"),
                    column::text("line", "m.line_key"), commission_money("amount", "m.net_minor"),
                    commission_money("gross", "m.gross_minor"), column::text("state", "m.state"), column::text("reason", "m.reason"),
                    column::time("at", "m.at_us"), column::day_of("payable_on", "m.payable_at_us", payable_zone),
                    column::time("payable_at", "m.payable_at_us")},
        .filters = {filter::one_word_of(column::text("state", "m.state"), commission_words()), partner_of_program(),
                    filter::same(column::text("rule", "m.rule")), filter::same(column::id("conversion", "m.conversion", "cnv")),
                    filter::from("from", "m.at_us"), filter::until("to", "m.at_us")},
        .where = {}};
}

routing::ListColumn account_name() { return column::translated("name", "a.name", ledger::outside_name, ledger::inside_name); }
routing::ListColumn entry_key() { return column::translated("key", "e.entry_key", ledger::outside_name, ledger::inside_name); }

Listing account_listing() {
    return {
        .noun = "account",
        .from = "account a left join partner p on p.id = a.partner",
        .id_sql = "a.id",
        .prefix = "acc",
        .columns = {account_name(), column::nullable(column::text("partner", "p.handle")),
                    column::money("balance",
                                  "case when a.kept = 1 then a.balance_minor else cast(coalesce((select sum(q.amount_minor) from posting q "
                                  "where q.program = a.program and q.account = a.id), 0) as bigint) end",
                                  "a.currency", "a.exponent")},
        .filters = {filter::same(account_name()), partner_of_program(),
                    filter::equal("currency", column::text("", "a.currency"))},
        .where = {}};
}

Listing entry_listing() {
    return {.noun = "entry",
            .from = "entry e left join seal s on s.program = e.program and s.entry = e.id",
            .id_sql = "e.id",
            .prefix = "ent",
            .columns = {entry_key(), column::text("kind", "e.kind"), column::text("memo", "e.memo"),
                        column::id("conversion", "e.conversion", "cnv"), column::time("at", "e.at_us"),
                        column::time("recorded_at", "e.recorded_at_us"), column::nullable(column::integer("seal_seq", "s.seal_seq"))},
            .filters = {filter::same(column::text("kind", "e.kind")), filter::same(entry_key()),
                        filter::same(column::id("conversion", "e.conversion", "cnv")), filter::from("from", "e.at_us"),
                        filter::until("to", "e.at_us")},
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
                        column::nullable(column::integer("terms_version", "(select max(t.version) from terms t where t.program = g.id)")),
                        column::time("joined_at", "e.joined_at_us")},
            .filters = {filter::one_word_of(column::text("status", "e.status"), enrollment_words())},
            .where = {},
            .schema = "MyProgram"};
}

Listing my_link_listing(Api const& api) {
    return {.noun = "link",
            .from = "link l",
            .id_sql = "l.id",
            .prefix = "lnk",
            .columns = link_columns(api),
            .filters = {filter::same(column::text("code", "l.code")), filter::same(column::text("channel", "l.channel"))},
            .where = {},
            .schema = "MyLink"};
}

Listing my_conversion_listing() {
    return {
        .noun = "conversion",
        .from = "conversion c",
        .id_sql = "c.id",
        .prefix = "cnv",
        .columns = {column::text("kind", "c.kind"), column::text("state", "c.state"), column::text("reason", "c.reason"),
                    order_money("amount", "c.base_minor"), order_money("left", "c.left_base_minor"), column::time("at", "c.at_us"),
                    column::text("source", "c.source"), column::id("link", "c.link", "lnk"), column::boolean("test", "c.test")},
        .filters = {filter::same(column::text("kind", "c.kind")), filter::one_word_of(column::text("state", "c.state"), conversion_words()),
                    filter::from("from", "c.at_us"), filter::until("to", "c.at_us"), filter::same(column::id("link", "c.link", "lnk"))},
        .where = {},
        .schema = "MyConversion"};
}

Listing my_commission_listing() {
    auto listing = commission_listing();
    listing.schema = "MyCommission";
    std::erase_if(listing.columns, [](auto const& c) { return c.name == "partner" || c.name == "external_id"; });
    std::erase_if(listing.filters, [](auto const& f) { return f.name == "partner"; });
    return listing;
}

}  // namespace partnerd::api
