#include "host/click_desk.hpp"

#include <boost/json.hpp>

#include "domain/click_id.hpp"
#include "domain/text.hpp"

namespace partnerd::host {

namespace {

class Waiter final : public tracking::ClickWaiter {
  public:
    explicit Waiter(std::function<void(Status)> done) : done_(std::move(done)) {}
    void click_done(bool durable) noexcept override {
        std::unique_ptr<Waiter> const owned(this);
        done_(durable ? Status() : Status(Error(errc::storage_failed, "the click could not be recorded")));
    }

  private:
    std::function<void(Status)> done_;
};

bool is_sub(boost::json::value const* sub) {
    return sub != nullptr && sub->is_string() && sub->get_string().size() <= 100 && is_utf8(sub->get_string()) &&
           !has_control(sub->get_string());
}

// The visitor's own sub-ids go before the link's; what is no plain text is dropped.
void read_subs(std::string_view text, std::array<std::string, 5>& subs) {
    if (text.empty()) return;
    boost::system::error_code ec;
    auto const value = boost::json::parse({text.data(), text.size()}, ec);
    if (ec || !value.is_object()) return;
    for (std::size_t i = 0; i < subs.size(); ++i) {
        auto const* const sub = value.get_object().if_contains("sub" + std::to_string(i + 1));
        if (is_sub(sub)) subs[i] = std::string(sub->get_string());
    }
}

}  // namespace

Result<std::string> ClickDesk::take(plugins::ClickReport const& report, std::function<void(Status)> done) {
    auto const target = targets_.find(report.link);
    if (!target) return errc::not_found;
    if (!target->tracks || target->program != report.program) return errc::invalid_state;
    tracking::Click click;
    click.id = kernel_.mint.mint();
    click.target = target;
    click.subs = target->subs;
    read_subs(report.subs_json, click.subs);
    // A pseudonym of address and browser: enough to tell a second click from a second visitor, and nothing else.
    auto const who = report.visitor.empty() ? report.client_ip + "\n" + report.user_agent : report.visitor;
    click.visitor = keyed_hash_63(kernel_.secrets.hash_key, who);
    click.referrer = report.referrer.substr(0, 200);
    auto const id = sign_click_id(kernel_.secrets.click_key, report.program, click.id);
    auto waiter = done ? std::make_unique<Waiter>(std::move(done)) : nullptr;
    click.waiter = waiter.get();
    if (!queue_.push(std::move(click))) return Error(errc::busy, "too many clicks wait to be written; try again");
    static_cast<void>(waiter.release());  // click_done owns it now
    storage_.wake();
    return id;
}

}  // namespace partnerd::host
