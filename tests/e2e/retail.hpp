// The orders and refunds of the retail data, and what 10 % of them comes to, computed here from the files alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace partnerd::e2e {

struct Order {
    std::string order_id, placed_at, customer, partner, currency, amount;
    std::int64_t at_s = 0, minor = 0;
};
struct Refund {
    std::string refund_id, refunded_at, order_id, currency, amount;
    std::int64_t at_s = 0, minor = 0;
};

struct Retail {
    std::string name;  // "sample" or "full"
    std::filesystem::path orders_file, refunds_file, unknown_file, expected_file;

    std::vector<Order> read_orders() const;
    std::vector<Refund> read_refunds() const;
};
// The sample of etc/demo, and the full data where they lie beside the source tree.
std::vector<std::string> retail_names();
Retail retail(std::string const& name);

std::filesystem::path full_data();  // where they would lie; may not be there

struct Figures {
    std::int64_t conversions = 0, revenue = 0, gross = 0, reversed = 0, net = 0, pending = 0, payable = 0;
    bool operator==(Figures const&) const = default;
};
std::ostream& operator<<(std::ostream& out, Figures const& figures);
using Report = std::map<std::string, Figures>;  // by partner; partners without a figure are left out

// 10 % an order, half away from zero; a refund leaves the commission of what is left; payable 30 days of 24 h after the order.
Report computed_report(std::vector<Order> const& orders, std::vector<Refund> const& refunds, std::int64_t as_of_s);
Report parse_report(std::string const& json);  // of `partnerd report partners --json`
Figures sum(Report const& report);

std::int64_t seconds_of(std::string const& utc);  // "2010-12-01T08:26:00Z"
std::string utc_of(std::int64_t seconds);
std::int64_t minor_of(std::string const& amount);  // "139.12" -> 13912

inline constexpr std::int64_t end_of_time_s = 4'000'000'000;

}  // namespace partnerd::e2e
