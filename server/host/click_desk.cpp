#include "host/click_desk.hpp"

#include <boost/json.hpp>

#include "domain/click_id.hpp"
#include "domain/text.hpp"

namespace partnerd::host {

namespace {

constexpr std::size_t referrer_bytes_max = 200;

// A header may hold any bytes; PostgreSQL takes no text with others, and would refuse the clicks that share the statement too.
std::string_view read_referrer(std::string_view header) {
    auto const front = header.substr(0, referrer_bytes_max);
    return front.substr(0, utf8_prefix(front));
}

bool is_sub(boost::json::value const* sub) {
    return sub != nullptr && sub->is_string() && sub->get_string().size() <= 100 && is_utf8(sub->get_string()) &&
           !has_control(sub->get_string());
}

// The visitor's own sub-ids go before the link's; what is no plain text is dropped.
std::unique_ptr<tracking::Subs> read_subs(std::string_view text, tracking::Subs const& of_link) {
    if (text.empty()) return nullptr;
    boost::system::error_code ec;
    auto const value = boost::json::parse({text.data(), text.size()}, ec);
    if (ec || !value.is_object()) return nullptr;
    auto subs = std::make_unique<tracking::Subs>(of_link);
    for (std::size_t i = 0; i < subs->size(); ++i) {
        auto const* const sub = value.get_object().if_contains("sub" + std::to_string(i + 1));
        if (is_sub(sub)) (*subs)[i] = std::string(sub->get_string());
    }
    return subs;
}

}  // namespace

Result<std::string> ClickDesk::take(plugins::ClickReport const& report, std::unique_ptr<tracking::ClickWaiter> waiter) {
    auto target = targets_.find(report.link);
    if (!target) return errc::not_found;
    if (!target->tracks || target->program != report.program) return errc::invalid_state;
    tracking::Click click;
    click.own_subs = read_subs(report.subs_json, target->subs);
    click.target = std::move(target);
    // A pseudonym of address and browser: enough to tell a second click from a second visitor, and nothing else.
    auto const& key = kernel_.secrets.hash_key;
    click.visitor = report.visitor.empty() ? visitor_mark(key, {report.client_ip, "\n", report.user_agent}) : visitor_mark(key, {report.visitor});
    click.referrer = read_referrer(report.referrer);
    bool const waits = report.at_risk_us <= 0 || queue_.lag_us(kernel_.clock.now_us()) > report.at_risk_us;
    if (waits) click.waiter = std::move(waiter);
    auto const id = queue_.push(std::move(click), kernel_.mint);
    if (id == 0) return Error(errc::busy, "too many clicks wait to be written; try again");
    storage_.wake();
    if (waiter) waiter->click_done(true);
    return sign_click_id(kernel_.secrets.click_key, report.program, id);
}

}  // namespace partnerd::host
