#include "imports/rejects_writer.hpp"

#include <boost/test/unit_test.hpp>

#include "domain/text.hpp"
#include "imports/byte_source.hpp"
#include "imports/csv_reader.hpp"
#include "unit/imports/temporary_folder.hpp"

namespace partnerd::imports {

BOOST_AUTO_TEST_SUITE(rejects_writer)

BOOST_AUTO_TEST_CASE(the_file_can_be_read_back) {
    TemporaryFolder folder;
    RejectsWriter writer(folder.file("rejects.csv"));
    writer.add(7, "unknown_partner", "no \"emma\", here", "536365,\"a\nb\",GBP");
    writer.add(9, "invalid_utf8", "line 9", "x\xff\xc3\xa9\xf0\x9f");
    writer.finish();
    auto const source = open_file(folder.file("rejects.csv"));
    CsvReader reader(*source);
    CsvRecord record;
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(record.raw == "line,code,detail,record");
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST((record.cells == std::vector<std::string>{"7", "unknown_partner", "no \"emma\", here", "536365,\"a\nb\",GBP"}));
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(record.cells[3] == "x\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
    BOOST_TEST(!reader.next(record).value());
    BOOST_TEST(writer.count() == 2);
}

BOOST_AUTO_TEST_CASE(a_row_waits_until_all_lines_before_it_are_settled) {
    TemporaryFolder folder;
    RejectsWriter writer(folder.file("rejects.csv"));
    for (int line = 300; line > 100; --line) writer.add(line, "late", "", "");
    writer.settled_before(250);
    BOOST_TEST(folder.read("rejects.csv").find("\n200,") != std::string::npos);  // the hundredth, with which the file is flushed
    BOOST_TEST(folder.read("rejects.csv").find("\n250,") == std::string::npos);
    writer.add(99, "later", "", "");
    writer.finish();
    auto const text = folder.read("rejects.csv");
    BOOST_TEST(text.find("\n249,") < text.find("\n99,"));
    BOOST_TEST(text.find("\n99,") < text.find("\n250,"));
}

BOOST_AUTO_TEST_CASE(without_rejects_no_file_is_left_not_even_an_old_one) {
    TemporaryFolder folder;
    folder.write("rejects.csv", "of the last run");
    RejectsWriter writer(folder.file("rejects.csv"));
    writer.finish();
    BOOST_TEST(!std::filesystem::exists(folder.file("rejects.csv")));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_is_named) {
    TemporaryFolder folder;
    BOOST_CHECK_EXCEPTION(RejectsWriter(folder.file("no/such/folder.csv")), BrokenFile, [](BrokenFile const& broken) {
        return std::string(broken.what()).find("folder.csv: the rejects cannot be written") != std::string::npos;
    });
    BOOST_CHECK_THROW(RejectsWriter("/dev/full"), BrokenFile);
}

BOOST_AUTO_TEST_CASE(an_empty_path_keeps_nothing_and_counts) {
    RejectsWriter writer("");
    writer.add(1, "a", "b", "c");
    writer.finish();
    BOOST_TEST(writer.count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
