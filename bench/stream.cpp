#include "stream.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "clock.hpp"

namespace bench {

StreamSettings parse_stream(std::string_view text) {
    StreamSettings s;
    while (!text.empty()) {
        auto const pair = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos) throw std::runtime_error("a stream is key=value,...: " + std::string(pair));
        auto const key = pair.substr(0, equals);
        std::string const value(pair.substr(equals + 1));
        if (key == "name") s.name = value;
        else if (key == "request") s.request = value;
        else if (key == "rows") s.rows = value;
        else if (key == "clicks_out") s.clicks_out = value;
        else if (key == "rate") s.rate = std::stod(value);
        else if (key == "connections") s.connections = std::stoul(value);
        else if (key == "most") s.most = std::stoull(value);
        else if (key == "order" && value == "cycle") s.order = StreamSettings::Order::cycle;
        else if (key == "order" && value == "random") s.order = StreamSettings::Order::random;
        else if (key == "order" && value == "once") s.order = StreamSettings::Order::once;
        else throw std::runtime_error("a stream has no " + std::string(pair));
    }
    if (s.request.empty() || s.rows.empty() || s.connections == 0)
        throw std::runtime_error("a stream needs request=, rows= and connections");
    return s;
}

Stream::Stream(StreamSettings settings, int epoll, std::uint32_t tag, sockaddr_in const& address, std::string const& run)
    : settings_(std::move(settings)),
      template_(settings_.request, run),
      rows_(settings_.rows),
      most_(settings_.most),
      random_(std::hash<std::string>()(run) | 1) {
    if (settings_.order == StreamSettings::Order::once) most_ = std::min<std::uint64_t>(most_, rows_.size());
    for (std::size_t i = 0; i < settings_.connections; ++i) {
        connections_.push_back(std::make_unique<Connection>(epoll, (std::uint64_t{tag} << 32) | i, address));
        free_.push_back(connections_.back().get());
    }
    if (settings_.clicks_out.empty()) return;
    clicks_.reset(std::fopen(settings_.clicks_out.c_str(), "w"));
    if (!clicks_) throw std::runtime_error("cannot write " + settings_.clicks_out);
}

void Stream::start(std::int64_t begin_us, std::int64_t count_from_us, std::int64_t end_us) {
    begin_us_ = begin_us;
    count_from_us_ = count_from_us;
    end_us_ = end_us;
}

std::size_t Stream::next_row() {
    if (settings_.order != StreamSettings::Order::random) return static_cast<std::size_t>(sent_ % rows_.size());
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return static_cast<std::size_t>(random_ % rows_.size());
}

std::int64_t Stream::pump(std::int64_t at_us) {
    while (!free_.empty() && may_send(at_us)) {
        auto const due = settings_.rate > 0 ? due_us(sent_) : at_us;
        if (due > at_us) return due;
        auto* const connection = free_.front();
        free_.pop_front();
        send(*connection, due);
    }
    return INT64_MAX;
}

void Stream::send(Connection& connection, std::int64_t intended_us) {
    connection.row = next_row();
    connection.intended_us = intended_us;
    template_.write(buffer_, sent_, rows_, connection.row);
    ++sent_;
    ++in_flight_;
    if (!connection.send(buffer_)) lose(connection);
}

void Stream::lose(Connection& connection) {
    ++lost_;
    --in_flight_;
    connection.reconnect();
    free_.push_back(&connection);
}

void Stream::readable(std::uint32_t index) {
    auto& connection = *connections_[index];
    switch (connection.read()) {
        case Connection::Reading::more: return;
        case Connection::Reading::whole: return answered(connection, now_us());
        case Connection::Reading::lost: break;
    }
    if (connection.busy) return lose(connection);
    connection.reconnect();
}

void Stream::answered(Connection& connection, std::int64_t at_us) {
    if (!connection.busy) throw std::runtime_error("an answer without a request");
    connection.busy = false;
    --in_flight_;
    auto const& answer = connection.answer();
    ++by_status_[answer.status];
    if (answer.status >= 400 && first_refusal_.empty()) first_refusal_ = answer.body.substr(0, 300);
    if (connection.intended_us >= count_from_us_) latency_.add(at_us - connection.intended_us);
    if (at_us >= count_from_us_ && at_us < end_us_) {
        ++in_time_;
        last_answer_us_ = at_us;
    }
    if (clicks_) keep_click(connection);
    if (answer.last) connection.reconnect();
    free_.push_back(&connection);
    pump(at_us);
}

// The columns of the row and the click id of the Location, so that conversions can name clicks that were.
void Stream::keep_click(Connection const& connection) {
    constexpr std::string_view name = "click_id=";
    auto const head = connection.answer().head;
    auto const begin = head.find(name);
    if (begin == std::string_view::npos) return;
    auto const id = head.substr(begin + name.size(), 26);
    auto const line = rows_.line(connection.row);
    std::fprintf(clicks_.get(), "%.*s\t%.*s\n", static_cast<int>(line.size()), line.data(), static_cast<int>(id.size()), id.data());
}

// Behind the end: those that had no answer, and those that were due and never had a connection.
std::uint64_t Stream::unanswered() const {
    auto due = sent_;
    if (settings_.rate > 0) due = std::max<std::uint64_t>(due, std::min(most_, static_cast<std::uint64_t>(static_cast<double>(end_us_ - begin_us_) / 1e6 * settings_.rate)));
    return in_flight_ + (due - sent_);
}

void Stream::print(std::FILE* out) const {
    // A stream that ended early (most, once) is measured up to its last answer.
    auto const until = may_send(end_us_ - 1) ? end_us_ : std::max(last_answer_us_, count_from_us_ + 1);
    auto const seconds = static_cast<double>(until - count_from_us_) / 1e6;
    std::fprintf(out, "{\"name\":\"%s\",\"sent\":%llu,\"counted\":%llu,\"seconds\":%.3f,\"per_second\":%.1f,\"lost\":%llu,",
                 settings_.name.c_str(), static_cast<unsigned long long>(sent_), static_cast<unsigned long long>(in_time_), seconds,
                 static_cast<double>(in_time_) / seconds, static_cast<unsigned long long>(lost_ + unanswered()));
    std::fprintf(out, "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"max_ms\":%.3f,\"status\":{", latency_.at_ms(0.5),
                 latency_.at_ms(0.99), latency_.at_ms(0.999), latency_.most_ms());
    char const* comma = "";
    for (auto const& [status, count] : by_status_) {
        std::fprintf(out, "%s\"%d\":%llu", comma, status, static_cast<unsigned long long>(count));
        comma = ",";
    }
    std::fputs("},\"first_refusal\":\"", out);
    for (char c : first_refusal_) {
        if (c == '"' || c == '\\') std::fputc('\\', out);
        std::fputc(static_cast<unsigned char>(c) < 0x20 ? ' ' : c, out);
    }
    std::fputs("\"}", out);
}

}  // namespace bench
