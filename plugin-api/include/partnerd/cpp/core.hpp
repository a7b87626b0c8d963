// Log, configuration, ids, clock, look-ups.
#pragma once

#include <partnerd/cpp/storage.hpp>

namespace partnerd::inline v1 {

struct LogField {
    std::string_view key, value;
};

// host.log().info("code imported", {{"code", code}})
class Log {
  public:
    explicit Log(Services const& services) : services_(&services) {}
    void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const { write(PARTNERD_LOG_DEBUG, message, fields); }
    void info(std::string_view message, std::initializer_list<LogField> fields = {}) const { write(PARTNERD_LOG_INFO, message, fields); }
    void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
        write(PARTNERD_LOG_WARNING, message, fields);
    }
    void error(std::string_view message, std::initializer_list<LogField> fields = {}) const { write(PARTNERD_LOG_ERROR, message, fields); }
    bool writes(std::int32_t level) const { return services_->log->min_level(services_->host) <= level; }

  private:
    void write(std::int32_t level, std::string_view message, std::initializer_list<LogField> fields) const {
        std::vector<partnerd_kv> kv;
        kv.reserve(fields.size());
        for (auto const& f : fields) kv.push_back({str(f.key), str(f.value)});
        services_->log->write(services_->host, level, str(message), kv.data(), kv.size());
    }
    Services const* services_;
};

class Config {
  public:
    explicit Config(Services const& services) : services_(&services) {}
    // The instance's configuration, a JSON object; lasts until stop().
    std::string_view json() const { return sv(services_->config->json(services_->host)); }

    struct Program {
        std::string_view json;  // until the handler returns
        std::int64_t version = 0;
    };
    // Nothing: the program does not enable the plugin.
    std::optional<Program> program(Tx& tx, Id program) const {
        partnerd_str json{};
        Program found;
        try {
            detail::call(services_->config->program_json, tx.raw(), program, &json, &found.version);
        } catch (Error const& x) {
            if (x.status == PARTNERD_E_NOTFOUND) return std::nullopt;
            throw;
        }
        found.json = sv(json);
        return found;
    }

  private:
    Services const* services_;
};

class Core {
  public:
    explicit Core(Services const& services) : services_(&services) {}

    Id mint() const {
        auto const id = services_->core->mint(services_->host);
        if (id == 0) throw Error(PARTNERD_E_RETRY, "this node may mint no ids now");
        return id;
    }
    std::int64_t now_us() const { return services_->core->now_us(services_->host); }
    std::string format_id(Id id, char const* prefix) const {
        return filled([&](partnerd_buf* out) { detail::check(services_->core->format_id(id, prefix, out), "core.format_id"); }, 32);
    }
    std::optional<Id> parse_id(std::string_view text, char const* prefix) const {
        Id id = 0;
        auto const status = services_->core->parse_id(str(text), prefix, &id);
        if (status == PARTNERD_E_NOTFOUND) return std::nullopt;
        detail::check(status, "core.parse_id");
        return id;
    }
    // "partner", "link", ... by its name for people; see partnerd/core.h.
    std::optional<Id> find(Tx& tx, char const* noun, Id program, std::string_view handle) const {
        Id id = 0;
        try {
            detail::call(services_->core->find, tx.raw(), noun, program, str(handle), &id);
        } catch (Error const& x) {
            if (x.status == PARTNERD_E_NOTFOUND) return std::nullopt;
            throw;
        }
        return id;
    }
    // core.field<std::string>(tx, "partner", id, "handle"); optional<T> for fields that may be absent.
    template <class T>
    T field(Tx& tx, char const* noun, Id id, char const* name) const {
        partnerd_value value{};
        detail::call(services_->core->field, tx.raw(), noun, id, name, detail::column_type<T>(), &value);
        return detail::read_value<T>(value);
    }
    Id make_link(Tx& tx, Id enrollment, std::string_view json) const {
        Id link = 0;
        detail::call(services_->core->make_link, tx.raw(), enrollment, str(json), &link);
        return link;
    }
    // The civil day of an instant in the program's zone, as days since 1970-01-01.
    std::int64_t day_of(Tx& tx, Id program, std::int64_t at_us) const {
        std::int64_t day = 0;
        detail::call(services_->core->day_of, tx.raw(), program, at_us, &day);
        return day;
    }
    // Nothing: not RFC 3339.
    std::optional<std::int64_t> parse_instant(std::string_view text) const {
        std::int64_t at_us = 0;
        if (services_->core->parse_instant(str(text), &at_us) != PARTNERD_OK) return std::nullopt;
        return at_us;
    }

  private:
    Services const* services_;
};

}  // namespace partnerd::inline v1
