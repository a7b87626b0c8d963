#include "domain/calendar.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <charconv>
#include <cstdio>
#include <map>
#include <mutex>

#include "domain/clock.hpp"
#include "domain/invariant.hpp"

namespace partnerd {

std::int64_t SystemClock::now_us() const {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

namespace {

// `count` digits at the front of `text`, taken off it; -1 when they are not there.
int take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

Error not_an_instant(std::string_view text) {
    return {errc::invalid_field, "'" + std::string(text.substr(0, 40)) + "' is not a time such as \"2026-01-31T08:26:00Z\""};
}

// The day at the front of `text`, taken off it.
bool take_day(std::string_view& text, std::int64_t& day) {
    int const year = take_digits(text, 4);
    if (year < 1970 || !take(text, '-')) return false;
    int const month = take_digits(text, 2);
    if (month < 0 || !take(text, '-')) return false;
    int const day_of_month = take_digits(text, 2);
    if (day_of_month < 0) return false;
    auto const ymd = date::year(year) / date::month(static_cast<unsigned>(month)) / date::day(static_cast<unsigned>(day_of_month));
    if (!ymd.ok()) return false;
    day = date::sys_days(ymd).time_since_epoch().count();
    return true;
}

// Microseconds behind a '.', one to six digits.
bool take_fraction(std::string_view& text, std::int64_t& micros) {
    std::int64_t scale = second_us;
    micros = 0;
    if (!take(text, '.')) return true;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        if (scale == 1) return false;
        scale /= 10;
        micros += (text[0] - '0') * scale;
        text.remove_prefix(1);
    }
    return scale != second_us;
}

bool take_offset(std::string_view& text, std::int64_t& offset_us) {
    offset_us = 0;
    if (take(text, 'Z')) return true;
    bool const behind = text.starts_with('-');
    if (!behind && !text.starts_with('+')) return false;
    text.remove_prefix(1);
    int const hours = take_digits(text, 2);
    if (hours < 0 || hours > 23 || !take(text, ':')) return false;
    int const minutes = take_digits(text, 2);
    if (minutes < 0 || minutes > 59) return false;
    offset_us = (hours * hour_us + minutes * minute_us) * (behind ? -1 : 1);
    return true;
}

// Zones are few and looked up for every click; the library's own look-up is a binary search under a lock.
date::time_zone const* find_zone(std::string_view zone) {
    thread_local std::map<std::string, date::time_zone const*, std::less<>> known;
    if (auto it = known.find(zone); it != known.end()) return it->second;
    date::time_zone const* found = nullptr;
    try {
        found = date::locate_zone(std::string(zone));
    } catch (std::exception const&) {
    }
    known.emplace(zone, found);
    return found;
}

}  // namespace

Result<std::int64_t> parse_instant(std::string_view text) {
    auto rest = text;
    std::int64_t day = 0, micros = 0, offset_us = 0;
    if (!take_day(rest, day) || !(take(rest, 'T') || take(rest, 't') || take(rest, ' '))) return not_an_instant(text);
    int const hours = take_digits(rest, 2);
    if (hours < 0 || hours > 23 || !take(rest, ':')) return not_an_instant(text);
    int const minutes = take_digits(rest, 2);
    if (minutes < 0 || minutes > 59 || !take(rest, ':')) return not_an_instant(text);
    int const seconds = take_digits(rest, 2);
    if (seconds < 0 || seconds > 59) return not_an_instant(text);
    if (!take_fraction(rest, micros) || !take_offset(rest, offset_us) || !rest.empty()) return not_an_instant(text);
    return day * day_us + hours * hour_us + minutes * minute_us + seconds * second_us + micros - offset_us;
}

std::string format_day(std::int64_t day) {
    date::year_month_day const ymd{date::sys_days(date::days(day))};
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
    return buffer;
}

std::string format_instant(std::int64_t at_us) {
    std::int64_t day = at_us / day_us, rest = at_us % day_us;
    if (rest < 0) {
        --day;
        rest += day_us;
    }
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "T%02d:%02d:%02d", static_cast<int>(rest / hour_us), static_cast<int>(rest / minute_us % 60), static_cast<int>(rest / second_us % 60));
    std::string text = format_day(day) + buffer;
    if (auto const micros = static_cast<int>(rest % second_us); micros != 0) {
        std::snprintf(buffer, sizeof buffer, ".%06d", micros);
        text += buffer;
    }
    return text + "Z";
}

Result<std::int64_t> parse_day(std::string_view text) {
    auto rest = text;
    std::int64_t day = 0;
    if (!take_day(rest, day) || !rest.empty())
        return Error(errc::invalid_field, "'" + std::string(text.substr(0, 40)) + "' is not a day such as \"2026-01-31\"");
    return day;
}

bool zone_exists(std::string_view zone) { return find_zone(zone) != nullptr; }

std::int64_t day_in_zone(std::int64_t at_us, std::string_view zone) {
    auto const* found = find_zone(zone);
    PARTNERD_INVARIANT(found != nullptr);
    date::sys_time<std::chrono::microseconds> const at{std::chrono::microseconds(at_us)};
    return date::floor<date::days>(found->to_local(at)).time_since_epoch().count();
}

std::int64_t start_of_day(std::int64_t day, std::string_view zone) {
    auto const* found = find_zone(zone);
    PARTNERD_INVARIANT(found != nullptr);
    date::local_days const local{date::days(day)};
    // A day that starts twice or not at all (a change of offset at midnight): the earliest instant.
    return std::chrono::duration_cast<std::chrono::microseconds>(found->to_sys(local, date::choose::earliest).time_since_epoch()).count();
}

}  // namespace partnerd
