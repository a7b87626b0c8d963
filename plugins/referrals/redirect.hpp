// GET /r/{code}: from the partner's page to the shop. On the I/O thread: what it knows comes from a cache; the answer waits until
// the click is durable, the thread does not.
#pragma once

#include <partnerd/plugin.hpp>

namespace referrals {

// What the cache keeps of a link, as one text.
// What the cache keeps of a link. The texts are views: of what is written, or into what was read.
struct Target {
    partnerd::Id program = 0, link = 0;
    bool tracks = false;      // a program that is paused or ended, or a stopped link: the visitor goes on, uncounted
    std::string_view destination;  // an absolute URL
    std::string_view parameter, cookie, cookie_domain;  // cookie: its name; empty: none
    int cookie_days = 0;
    bool relaxed = false;  // settings.hpp
};
std::string write_target(Target const& target);
Target read_target(std::string_view text);

// "https://shop.example/a?b=c#d" with click_id=X -> "https://shop.example/a?b=c&click_id=X#d"; one that is there is replaced.
std::string with_parameter(std::string_view url, std::string_view name, std::string_view value);
std::string write_cookie(Target const& target, std::string_view click_id);

class Redirect {
  public:
    explicit Redirect(partnerd::Host& host);

  private:
    partnerd::Flow follow(partnerd::Request& request, partnerd::Response& response);
    partnerd::Flow track(Target const& target, partnerd::Request& request, partnerd::Response& response);
    std::optional<std::string> load(partnerd::Tx& tx, std::string_view code) const;

    partnerd::Core core_;
    partnerd::Config config_;
    partnerd::Tracking tracking_;
    partnerd::Cache targets_;
};

}  // namespace referrals
