// All figures of the process, by name and labels, and their text for Prometheus (exposition format 0.0.4).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/counter.hpp"

namespace partnerd::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Asking for a figure takes a lock; ask once and keep the reference, which lives as long as the registry. The same name and labels
// give the same figure. [any thread]
// std::invalid_argument: a name or label that Prometheus does not take, a counter that does not end in _total, one name with two kinds.
class Registry {
  public:
    Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds, Labels labels = {});
    // Asked whenever the text is made; must not block, throw or use this registry. Asking again replaces the function.
    void gauge_function(std::string_view name, std::string_view help, std::function<double()> value, Labels labels = {});

    std::string text() const;

  private:
    enum class Kind { counter, gauge, histogram };
    struct Figure {
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Gauge> gauge;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> function;
    };
    struct Family {
        Kind kind;
        std::string help;
        std::map<std::string, Figure> figures;  // by the text of their labels: a="1",b="2"
    };

    Figure& figure(Kind kind, std::string_view name, std::string_view help, Labels const& labels);
    static void write(std::string& out, std::string const& name, std::string const& labels, Figure const& figure);
    static void write(std::string& out, std::string const& name, std::string const& labels, Histogram const& histogram);

    mutable std::mutex mutex_;
    std::map<std::string, Family> families_;  // guarded by mutex_
};

}  // namespace partnerd::metrics
