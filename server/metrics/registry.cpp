#include "metrics/registry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace partnerd::metrics {

namespace {

bool is_name(std::string_view text, bool colon) noexcept {
    auto const letter = [&](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':'); };
    auto const inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), inside);
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (char c : text) {
        if (c == '\\') out += "\\\\";
        else if (c == '\n') out += "\\n";
        else if (c == '"' && quotes) out += "\\\"";
        else out += c;
    }
    return out;
}

std::string label_text(Labels const& labels) {
    std::string out;
    for (auto const& [name, value] : labels) {
        if (!is_name(name, false) || name.starts_with("__") || name == "le") throw std::invalid_argument("not a label's name: " + name);
        if (!out.empty()) out += ',';
        out += name + "=\"" + escaped(value, true) + '"';
    }
    return out;
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    char buffer[32];
    auto const [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return std::string(buffer, ec == std::errc() ? end : buffer);
}

void write_line(std::string& out, std::string const& name, std::string const& labels, std::string const& value) {
    out += name;
    if (!labels.empty()) out += '{' + labels + '}';
    out += ' ' + value + '\n';
}

}  // namespace

Registry::Figure& Registry::figure(Kind kind, std::string_view name, std::string_view help, Labels const& labels) {
    if (!is_name(name, true)) throw std::invalid_argument("not a metric's name: " + std::string(name));
    if ((kind == Kind::counter) != name.ends_with("_total"))
        throw std::invalid_argument("counters end in _total, and nothing else does: " + std::string(name));
    auto& family = families_.try_emplace(std::string(name), Family{kind, std::string(help), {}}).first->second;
    if (family.kind != kind) throw std::invalid_argument("the metric has another kind already: " + std::string(name));
    return family.figures[label_text(labels)];
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
    std::lock_guard lock(mutex_);
    auto& made = figure(Kind::counter, name, help, labels).counter;
    if (!made) made = std::make_unique<Counter>();
    return *made;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
    std::lock_guard lock(mutex_);
    auto& made = figure(Kind::gauge, name, help, labels).gauge;
    if (!made) made = std::make_unique<Gauge>();
    return *made;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::vector<double> bounds, Labels labels) {
    std::lock_guard lock(mutex_);
    auto& made = figure(Kind::histogram, name, help, labels).histogram;
    if (!made) made = std::make_unique<Histogram>(std::move(bounds));
    return *made;
}

void Registry::gauge_function(std::string_view name, std::string_view help, std::function<double()> value, Labels labels) {
    std::lock_guard lock(mutex_);
    figure(Kind::gauge, name, help, labels).function = std::move(value);
}

void Registry::write(std::string& out, std::string const& name, std::string const& labels, Histogram const& histogram) {
    auto const all = histogram.snapshot();
    std::string const comma = labels.empty() ? "" : ",";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < all.counts.size(); ++i) {
        below += all.counts[i];
        std::string const bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
        write_line(out, name + "_bucket", labels + comma + "le=\"" + bound + '"', std::to_string(below));
    }
    write_line(out, name + "_sum", labels, number(all.sum));
    write_line(out, name + "_count", labels, std::to_string(below));
}

void Registry::write(std::string& out, std::string const& name, std::string const& labels, Figure const& figure) {
    if (figure.counter) write_line(out, name, labels, std::to_string(figure.counter->value()));
    if (figure.function) write_line(out, name, labels, number(figure.function()));
    else if (figure.gauge) write_line(out, name, labels, std::to_string(figure.gauge->value()));
    if (figure.histogram) write(out, name, labels, *figure.histogram);
}

std::string Registry::text() const {
    static constexpr std::string_view kinds[] = {"counter", "gauge", "histogram"};
    std::lock_guard lock(mutex_);
    std::string out;
    for (auto const& [name, family] : families_) {
        out += "# HELP " + name + ' ' + escaped(family.help, false) + '\n';
        out += "# TYPE " + name + ' ' + std::string(kinds[static_cast<std::size_t>(family.kind)]) + '\n';
        for (auto const& [labels, figure] : family.figures) write(out, name, labels, figure);
    }
    return out;
}

}  // namespace partnerd::metrics
