// Exchange rates that the operator supplies.
#include "programs/fx_rate.hpp"

#include "api/audited.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "domain/calendar.hpp"
#include "routing/body.hpp"
#include "routing/csv.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;
using storage::arg;

namespace {

constexpr int rates_max = 1000;
constexpr QueryWords rates_query[] = {
    {"currency", R"({"type":"string"})", "The rates of this currency", true},
    {"format", R"({"type":"string","enum":["json","csv"],"default":"json"})", "csv: as text/csv; Accept: text/csv does the same"}};

std::string rate_json(std::string_view currency, std::int64_t day, std::string_view rate) {
    std::string out;
    JsonWriter(out).begin_object().member("currency", currency).member("day", format_day(day)).member("rate", rate).end_object();
    return out;
}

Status show_newest(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request, rates_query); !status) return status;
    auto const format = request.param("format").value_or("");
    if (!format.empty() && format != "csv" && format != "json") return Error(errc::invalid_query, "format must be json or csv", "format");
    auto const currency = find_currency(request.param("currency").value_or(""));
    if (!currency) return Error(errc::invalid_query, "name a currency: ?currency=USD", "currency");
    auto rates = tx.query<std::int64_t, std::string>(
        "select day, rate from fx_rate where program = :program and currency = :currency order by day desc limit :most",
        {arg("program", request.program), arg("currency", currency->code()), arg("most", rates_max)});
    if (format == "csv" || (format.empty() && request.header("accept").find("text/csv") != std::string_view::npos)) {
        routing::CsvWriter csv(response.body);
        csv.text("currency").text("day").text("rate").end_row();
        for (auto const& [day, rate] : rates) csv.text(currency->code()).number(format_day(day)).number(rate).end_row();
        response.content_type = "text/csv; charset=utf-8";
        response.set_header("content-disposition", "attachment; filename=\"fx-rates.csv\"");
        return {};
    }
    JsonWriter json(response.body);
    json.begin_object().key("data").begin_array();
    for (auto const& [day, rate] : rates) json.raw(rate_json(currency->code(), day, rate));
    json.end_array().member("has_more", false).key("next_cursor").null().end_object();
    return {};
}

std::string read_rate(routing::BodyReader& in) { return in.text("rate", {.max = 30}); }

Status put(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::string const& rate) {
    auto const program = programs::find_program(tx, request.program);
    std::string const currency(path_param(request, "currency"));
    auto const day = parse_day(path_param(request, "day"));
    if (!day) return Error(errc::invalid_field, "the last part of the path is a day such as 2017-03-03", "day");
    if (!find_currency(currency)) return Error(errc::unknown_currency, "'" + currency.substr(0, 12) + "' is not a currency", "currency");
    if (currency == program->currency.code() || !program->accepts(currency))
        return Error(errc::currency_not_accepted, "the program takes orders in this currency only once it is among its order_currencies",
                     "currency");
    auto const before = tx.value<std::string>("select rate from fx_rate where program = :program and currency = :currency and day = :day",
                                              {arg("program", request.program), arg("currency", currency), arg("day", *day)});
    if (auto status = programs::set_fx_rate(tx, *program, currency, *day, rate); !status)
        return Error(status.error().code, status.error().detail, "/rate");
    auto const after = rate_json(currency, *day, rate);
    if (before != rate)
        write_audit(api, tx, request, "set rate", "program", request.program, before ? rate_json(currency, *day, *before) : std::string(),
                    after);
    return answer(response, before ? 200 : 201, after);
}

}  // namespace

void add_fx_rate_routes(Api const& api, std::vector<routing::Route>& routes) {
    auto newest =
        asking(get("/v1/programs/{program}/fx-rates", operators, "The newest exchange rates of a currency", show_newest), rates_query);
    routes.push_back(answering_csv(answering(std::move(newest), {200}, "FxRates")));
    routes.push_back(answering(change("PUT", "/v1/programs/{program}/fx-rates/{currency}/{day}", operators,
                                      "What one unit of a currency was worth on a day, in the program's currency",
                                      Body{"FxRateValue", read_rate}, bound(api, put)),
                               {200, 201}, "FxRate"));
}

}  // namespace partnerd::api
