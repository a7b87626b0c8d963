#include "imports/record_call.hpp"

#include "domain/calendar.hpp"
#include "domain/money.hpp"
#include "routing/json_writer.hpp"
#include "routing/request.hpp"

namespace partnerd::imports {

namespace {

// Writes the JSON body of one record.
class Body {
  public:
    Body(ColumnMap const& columns, CsvRecord const& record, std::string& out) : columns_(columns), record_(record), json_(out) {
        json_.begin_object();
    }
    ~Body() { json_.end_object(); }
    Body(Body const&) = delete;
    Body& operator=(Body const&) = delete;

    Body& fixed(std::string_view member, std::string_view text) {
        json_.member(member, text);
        return *this;
    }
    Body& field(std::string_view member, std::string_view name) {
        auto const text = columns_.get(record_, name);
        if (!text.empty()) json_.member(member, text);
        return *this;
    }
    // What is there already stays as it is.
    Body& keep() {
        json_.member("keep", true);
        return *this;
    }
    Body& amount() {
        json_.key("amount")
            .begin_object()
            .member("amount", columns_.get(record_, "amount"))
            .member("currency", columns_.get(record_, "currency"))
            .end_object();
        return *this;
    }

  private:
    ColumnMap const& columns_;
    CsvRecord const& record_;
    routing::JsonWriter json_;
};

std::string_view path_of(Kind kind) {
    switch (kind) {
        case Kind::orders: return "/conversions";
        case Kind::refunds: return "/adjustments";
        case Kind::redemptions: return "/coupons/redeem";
        case Kind::partners: return "/partners";
        case Kind::coupons: return "/coupons/codes";
        case Kind::campaigns: return "/coupons/campaigns";
    }
    return "";
}

void write_body(Kind kind, ColumnMap const& columns, CsvRecord const& record, std::string& out) {
    Body body(columns, record, out);
    switch (kind) {
        case Kind::orders:
            body.fixed("kind", "sale").field("external_id", "order_id").field("order_id", "order_id").field("at", "placed_at");
            body.field("customer", "customer").field("assigned_partner", "partner").amount();
            return;
        case Kind::refunds:
            body.fixed("kind", "sale").field("external_id", "order_id").field("adjustment_id", "refund_id").fixed("type", "refund");
            body.field("at", "refunded_at").amount();
            return;
        case Kind::redemptions:
            body.field("redemption_id", "redemption_id").field("code", "code").field("campaign", "campaign").field("customer", "customer");
            body.field(parse_day(columns.get(record, "redeemed_on")).has_value() ? "day" : "at", "redeemed_on");
            return;
        case Kind::partners:
            body.field("handle", "partner").field("name", "name").field("email", "email").field("partner_type", "partner_type").keep();
            return;
        case Kind::coupons: body.field("code", "code").field("campaign", "campaign").field("partner", "partner").keep(); return;
        case Kind::campaigns:
            body.field("campaign", "campaign").field("starts_on", "starts_on").field("ends_on", "ends_on").field("type", "type").keep();
            return;
    }
}

std::string key_of(Kind kind, ColumnMap const& columns, CsvRecord const& record) {
    auto const field = [&](std::string_view name) { return std::string(columns.get(record, name)); };
    switch (kind) {
        case Kind::orders:
        case Kind::refunds: return field("order_id");
        // Of a customer's redemptions of one code the first in the file is the one that counts.
        case Kind::redemptions: return field("code") + '\n' + field("customer");
        case Kind::partners: return field("partner");
        case Kind::coupons: return field("code");
        case Kind::campaigns: return field("campaign");
    }
    return {};
}

Error at_field(Error error, std::string_view field) {
    error.field = field;
    return error;
}

Status check_instant(std::string_view text, std::string_view field) {
    auto at = parse_instant(text);
    return at ? Status() : Status(at_field(std::move(at).error(), field));
}

Status check_day(std::string_view text, std::string_view field) {
    auto day = parse_day(text);
    return day ? Status() : Status(at_field(std::move(day).error(), field));
}

Status check_amount(ColumnMap const& columns, CsvRecord const& record) {
    auto currency = find_currency(columns.get(record, "currency"));
    if (!currency) return at_field(std::move(currency).error(), "currency");
    auto minor = parse_amount_not_negative(columns.get(record, "amount"), currency->exponent());
    return minor ? Status() : Status(at_field(std::move(minor).error(), "amount"));
}

Status check_both_days(ColumnMap const& columns, CsvRecord const& record) {
    if (auto status = check_day(columns.get(record, "starts_on"), "starts_on"); !status) return status;
    return check_day(columns.get(record, "ends_on"), "ends_on");
}

}  // namespace

Result<RecordCall> make_call(Kind kind, std::string_view program, ColumnMap const& columns, CsvRecord const& record, bool dry_run) {
    if (auto filled = columns.check_filled(record); !filled) return filled.error();
    RecordCall out;
    out.key = key_of(kind, columns, record);
    out.call.method = "POST";
    out.call.target = "/v1/programs/" + routing::percent_encode(program) + std::string(path_of(kind)) + (dry_run ? "?dry_run=1" : "");
    write_body(kind, columns, record, out.call.body);
    return out;
}

Status check_record(Kind kind, ColumnMap const& columns, CsvRecord const& record) {
    if (auto filled = columns.check_filled(record); !filled) return filled;
    switch (kind) {
        case Kind::orders:
        case Kind::refunds: {
            auto const at = kind == Kind::orders ? "placed_at" : "refunded_at";
            if (auto status = check_instant(columns.get(record, at), at); !status) return status;
            return check_amount(columns, record);
        }
        case Kind::redemptions: {
            auto const text = columns.get(record, "redeemed_on");
            return parse_day(text).has_value() ? Status() : check_instant(text, "redeemed_on");
        }
        case Kind::campaigns: return check_both_days(columns, record);
        case Kind::partners:
        case Kind::coupons: return {};
    }
    return {};
}

}  // namespace partnerd::imports
