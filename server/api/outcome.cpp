#include "api/outcome.hpp"

#include "domain/calendar.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

namespace {

constexpr std::size_t items_max = 1000;
constexpr std::int64_t quantity_max = 1'000'000'000;

}  // namespace

std::optional<std::int64_t> read_amount(routing::BodyReader& in, std::string_view name, Currency& currency) {
    auto const money = in.optional_money(name);
    if (!money) return std::nullopt;
    if (currency.empty()) currency = money->currency;
    if (!(currency == money->currency))
        in.refuse(name, errc::currency_mismatch, "the report has amounts in " + std::string(currency.code()) + " too");
    return money->minor;
}

std::vector<tracking::Item> read_items(routing::BodyReader& in, Currency& currency) {
    std::vector<tracking::Item> items;
    in.each("items", items_max, [&](routing::BodyReader& line) {
        tracking::Item item;
        item.sku = line.optional_text("sku").value_or("");
        item.category = line.optional_text("category").value_or("");
        item.quantity = line.optional_integer("quantity", 1, quantity_max).value_or(1);
        item.amount_minor = read_amount(line, "amount", currency).value_or(0);
        items.push_back(std::move(item));
    });
    return items;
}

Status answer_outcome(routing::Response& response, tracking::Outcome const& outcome) {
    bool const duplicate = outcome.state == tracking::OutcomeState::duplicate;
    routing::JsonWriter json(response.body);
    json.begin_object()
        .key("id")
        .id("cnv", outcome.conversion)
        .member("state", tracking::state_name(duplicate ? outcome.first_state : outcome.state));
    json.member("reason", outcome.reason).key("partner");
    if (outcome.partner_handle.empty()) json.null();
    else json.value(outcome.partner_handle);
    json.key("commissions").begin_array();
    for (auto const& line : outcome.lines) {
        json.begin_object()
            .key("id")
            .id("com", line.commission)
            .member("partner", line.partner_handle)
            .member("kind", line.kind)
            .member("amount", line.amount);
        json.member("payable_on", format_day(day_in_zone(line.payable_at_us, outcome.zone)))
            .key("payable_at")
            .instant(line.payable_at_us);
        json.member("state", line.state).end_object();
    }
    json.end_array().member("duplicate", duplicate).end_object();
    response.status = duplicate ? 200 : 201;
    return {};
}

}  // namespace partnerd::api
