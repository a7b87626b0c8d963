#include "e2e/retail.hpp"

#include <time.h>

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <stdexcept>

#include "e2e/installation.hpp"
#include "e2e/session.hpp"
#include "e2e/table.hpp"

namespace partnerd::e2e {

namespace {

constexpr std::int64_t hold_s = 30 * 86400;

std::int64_t ten_percent(std::int64_t minor) { return (minor + 5) / 10; }

struct Standing {
    std::int64_t left = 0, due = 0;
};

}  // namespace

std::filesystem::path full_data() { return std::filesystem::path(PARTNERD_SOURCE_DIR).parent_path() / "shared" / "data"; }

std::vector<std::string> retail_names() {
    if (std::filesystem::exists(full_data() / "retail-orders")) return {"sample", "full"};
    return {"sample"};
}

Retail retail(std::string const& name) {
    bool const full = name == "full";
    auto const folder = full ? full_data() / "retail-orders" : demo("retail-orders");
    std::string const ending = full ? ".csv.gz" : ".csv";
    return {name, folder / ("orders" + ending), folder / ("refunds" + ending), folder / ("refunds-of-unknown-orders" + ending),
            folder / "expected.json"};
}

std::vector<Order> Retail::read_orders() const {
    auto const table = Table::read(orders_file);
    std::vector<Order> orders;
    for (std::size_t i = 0; i < table.size(); ++i) {
        Order order{table.at(i, "order_id"), table.at(i, "placed_at"), table.at(i, "customer_id"),
                    table.at(i, "partner"),  table.at(i, "currency"),  table.at(i, "amount")};
        order.at_s = seconds_of(order.placed_at);
        order.minor = minor_of(order.amount);
        orders.push_back(std::move(order));
    }
    return orders;
}

std::vector<Refund> Retail::read_refunds() const {
    auto const table = Table::read(refunds_file);
    std::vector<Refund> refunds;
    for (std::size_t i = 0; i < table.size(); ++i) {
        Refund refund{table.at(i, "refund_id"), table.at(i, "refunded_at"), table.at(i, "order_id"), table.at(i, "currency"),
                      table.at(i, "amount")};
        refund.at_s = seconds_of(refund.refunded_at);
        refund.minor = minor_of(refund.amount);
        refunds.push_back(std::move(refund));
    }
    return refunds;
}

std::ostream& operator<<(std::ostream& out, Figures const& f) {
    return out << "{conversions " << f.conversions << ", revenue " << f.revenue << ", gross " << f.gross << ", reversed " << f.reversed
               << ", net " << f.net << ", pending " << f.pending << ", payable " << f.payable << "}";
}

Report computed_report(std::vector<Order> const& orders, std::vector<Refund> const& refunds, std::int64_t as_of_s) {
    Report report;
    std::map<std::string, Order const*> by_id;
    std::map<std::string, Standing> standings;
    for (auto const& order : orders) {
        if (order.partner.empty() || order.at_s > as_of_s) continue;
        auto& row = report[order.partner];
        auto const due = ten_percent(order.minor);
        by_id[order.order_id] = &order;
        standings[order.order_id] = {order.minor, due};
        row.conversions += 1;
        row.revenue += order.minor;
        row.gross += due;
    }
    for (auto const& refund : refunds) {
        auto const order = by_id.find(refund.order_id);
        if (order == by_id.end() || refund.at_s > as_of_s) continue;
        auto& [left, due] = standings.at(refund.order_id);
        left -= refund.minor;
        auto const now_due = std::min(due, ten_percent(left));
        report.at(order->second->partner).reversed += due - now_due;
        due = now_due;
    }
    for (auto const& [order_id, standing] : standings) {
        auto const& order = *by_id.at(order_id);
        auto& row = report.at(order.partner);
        row.net += standing.due;
        (order.at_s + hold_s <= as_of_s ? row.payable : row.pending) += standing.due;
    }
    return report;
}

Report parse_report(std::string const& json) {
    Report report;
    auto const value = parsed(json);
    for (auto const& element : value.at("partners").as_array()) {
        auto const& row = element.as_object();
        auto const figure = [&](char const* name) { return row.at(name).as_int64(); };
        Figures const figures{figure("conversions"), figure("revenue_minor"), figure("gross_minor"),  figure("reversed_minor"),
                              figure("net_minor"),   figure("pending_minor"), figure("payable_minor")};
        if (!(figures == Figures())) report[std::string(row.at("partner").as_string())] = figures;
    }
    return report;
}

Figures sum(Report const& report) {
    Figures all;
    for (auto const& [partner, row] : report) {
        all.conversions += row.conversions;
        all.revenue += row.revenue;
        all.gross += row.gross;
        all.reversed += row.reversed;
        all.net += row.net;
        all.pending += row.pending;
        all.payable += row.payable;
    }
    return all;
}

std::int64_t seconds_of(std::string const& utc) {
    tm parts{};
    auto const* const end = ::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (end == nullptr || *end != '\0') throw std::runtime_error("this is no time: " + utc);
    return ::timegm(&parts);
}

std::string utc_of(std::int64_t seconds) {
    time_t const time = seconds;
    tm parts{};
    ::gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::int64_t minor_of(std::string const& amount) {
    auto const point = amount.find('.');
    if (point == std::string::npos || amount.size() != point + 3) throw std::runtime_error("this is no amount: " + amount);
    return std::stoll(amount.substr(0, point)) * 100 + std::stoll(amount.substr(point + 1));
}

}  // namespace partnerd::e2e
