// Rows of the table item and units that write them, for the tests of Tx::insert() and Tx::insert_all().
#pragma once

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>

#include "contract/database.hpp"

namespace partnerd::storage {

inline constexpr auto text = ColumnType::text;

inline RowShape const& items() {
    static RowShape const shape("item", {{"id"}, {"value"}, {"amount", ColumnType::f64}, {"note", text}, {"data", ColumnType::blob}});
    return shape;
}
inline RowShape const& sums() {
    static RowShape const shape("item", {{"id"}, {"value"}}, Twice::add, 1);
    return shape;
}
inline RowShape const& only_sums() {
    static RowShape const shape("item", {{"id"}, {"value"}}, Twice::only, 1);
    return shape;
}
inline RowShape const& kept() {
    static RowShape const shape("item", {{"id"}, {"value"}}, Twice::keep, 1);
    return shape;
}

inline void insert_item(Tx& tx, std::int64_t id, std::optional<std::string> const& note = {}) { tx.insert(items(), {id, id * 10, Value(), note, Value()}); }

// Rows of items() one after the other, as insert_all() takes them.
inline RowSource items_of(std::vector<std::int64_t> ids, std::optional<std::string> const& note = {}) {
    return [ids, note, i = std::size_t{0}](std::span<Value> row) mutable {
        if (i == ids.size()) return false;
        auto const id = ids[i++];
        for (std::size_t column = 0; Value const& value : {Value(id), Value(id * 10), Value(0.5), Value(note), Value()}) row[column++] = value;
        return true;
    };
}

inline std::optional<std::int64_t> value_of(Tx& tx, std::int64_t id) { return tx.value<std::int64_t>("select value from item where id = :id", {arg("id", id)}); }

// A unit whose result is waited for, of the program that the batch is of.
class OneOfMany : public Unit {
  public:
    OneOfMany(std::function<bool(Tx&)> work, std::int64_t program = 7) : work_(std::move(work)), program_(program) {}
    void expect(Tx&) noexcept override { ++expected; }
    bool run(Tx& tx) override { return ++runs, work_(tx); }
    void done(UnitResult const& result) noexcept override { result_.set_value(result); }
    std::int64_t program() const override { return program_; }
    UnitResult wait() { return result_.get_future().get(); }
    int runs = 0, expected = 0;

  private:
    std::function<bool(Tx&)> work_;
    std::int64_t program_;
    std::promise<UnitResult> result_;
};
using Units = std::vector<std::unique_ptr<OneOfMany>>;

// All of them wait behind one unit of their program, so that they are taken together.
inline std::vector<UnitState> run_together(Storage& storage, Units& units) {
    std::promise<void> all_wait;
    auto ready = all_wait.get_future().share();
    OneOfMany gate([ready](Tx&) { return ready.wait(), true; });
    BOOST_REQUIRE(storage.submit(gate));
    for (auto& unit : units) BOOST_REQUIRE(storage.submit(*unit));
    all_wait.set_value();
    std::vector<UnitState> states;
    for (auto& unit : units) states.push_back(unit->wait().state);
    BOOST_TEST((gate.wait().state == UnitState::committed));  // last: units check things too, on the writer's thread
    return states;
}

inline Units units_of(int count, std::function<bool(Tx&, int)> const& work) {
    Units units;
    for (int i = 0; i < count; ++i) units.push_back(std::make_unique<OneOfMany>([work, i](Tx& tx) { return work(tx, i); }));
    return units;
}

inline std::string rows_of(Storage& storage) {
    std::string rows;
    storage.read([&](Tx& tx) {
        for (auto const& [id, value, note] : tx.query<std::int64_t, std::optional<std::int64_t>, std::optional<std::string>>("select id, value, note from item order by id"))
            rows += std::to_string(id) + ":" + (value ? std::to_string(*value) : "null") + ":" + note.value_or("null") + " ";
    });
    return rows;
}

}  // namespace partnerd::storage
