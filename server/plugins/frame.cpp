#include "plugins/frame.hpp"

#include <atomic>

namespace partnerd::plugins {
namespace {

constexpr std::uintptr_t index_mask = token_step - 1;
thread_local Frame* innermost = nullptr;

std::uintptr_t number(void const* handle) noexcept { return reinterpret_cast<std::uintptr_t>(handle); }

}  // namespace

std::uintptr_t next_token() noexcept {
    static std::atomic<std::uintptr_t> last{0};
    return (last.fetch_add(1, std::memory_order_relaxed) + 1) * token_step;
}

std::string_view role_name(Role role) noexcept {
    switch (role) {
        case Role::none: return "[any]";
        case Role::main: return "[main]";
        case Role::io: return "[io]";
        case Role::read: return "[read]";
        case Role::write: return "[write]";
        case Role::worker: return "[worker]";
        case Role::pure: return "a rule";
    }
    return "";
}

Frame::Frame(Instance& instance_, Role role_, storage::Tx* tx_, routing::Request* request_, routing::Response* response_, Frame* caller)
    : instance(instance_),
      role(role_),
      tx(tx_),
      request(request_),
      response(response_),
      token_(next_token()),
      outer_(caller != nullptr ? caller : innermost),
      previous_(innermost) {
    innermost = this;
}

Frame::~Frame() { innermost = previous_; }

Frame* Frame::top() noexcept { return innermost; }
Role Frame::role_now() noexcept { return innermost == nullptr ? Role::none : innermost->role; }

Frame* Frame::of(partnerd_tx const* handle) noexcept {
    for (Frame* f = innermost; f != nullptr; f = f->outer_)
        if (f->token_ == number(handle) && f->tx != nullptr) return f;
    return nullptr;
}
Frame* Frame::of(partnerd_req const* handle) noexcept {
    for (Frame* f = innermost; f != nullptr; f = f->outer_)
        if (f->token_ == number(handle) && f->request != nullptr) return f;
    return nullptr;
}
Frame* Frame::of(partnerd_resp const* handle) noexcept {
    for (Frame* f = innermost; f != nullptr; f = f->outer_)
        if (f->token_ == number(handle) && f->response != nullptr) return f;
    return nullptr;
}
Frame* Frame::of(partnerd_stmt const* handle, std::size_t& index) noexcept {
    auto const at = number(handle) & index_mask;
    for (Frame* f = innermost; f != nullptr && at != 0; f = f->outer_) {
        if (f->token_ != (number(handle) & ~index_mask)) continue;
        index = at - 1;
        return index < f->statements.size() && f->statements[index].statement != nullptr ? f : nullptr;
    }
    return nullptr;
}

partnerd_str Frame::keep(std::string text) { return keep(std::make_shared<std::string const>(std::move(text))); }

partnerd_str Frame::keep(std::shared_ptr<std::string const> text) {
    texts_.push_back(std::move(text));
    return {texts_.back()->data(), texts_.back()->size()};
}

}  // namespace partnerd::plugins
