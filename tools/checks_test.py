#!/usr/bin/env python3
"""The checks of tools/ on small projects made for the purpose: each must pass a clean one and find
each fault planted in it."""
import pathlib
import tempfile
import unittest

import check_docs
import check_layers
import check_seeds
import check_sql
import check_tidy


class ProjectTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def assert_one_finding(self, findings, word):
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(word, findings[0])


class Layers(ProjectTest):
    def check(self, name, text):
        self.write(name, text)
        return check_layers.check(self.root / "src")

    def test_accepts_lower_tiers_and_own_folder(self):
        self.assertEqual(self.check(
            "src/router/a.cpp",
            '#include "router/a.hpp"\n#include <vector>\n#include "model/record.hpp"\n'), [])

    def test_finds_a_stage_that_includes_a_stage(self):
        self.assert_one_finding(self.check("src/router/a.hpp", '#include "intake/b.hpp"\n'),
                                "router may not include intake")

    def test_finds_an_upward_include_with_its_line(self):
        self.assert_one_finding(self.check("src/base/a.hpp", '\n#include "model/b.hpp"\n'),
                                "src/base/a.hpp:2: base may not include model")

    def test_finds_relative_includes(self):
        self.assert_one_finding(self.check("src/base/a.hpp", '#include "../model/b.hpp"\n'),
                                "relative include")

    def test_finds_includes_that_do_not_start_at_src(self):
        self.assert_one_finding(self.check("src/base/a.cpp", '#include "a.hpp"\n'),
                                "does not start at src/")

    def test_finds_third_party_in_foreign_folders(self):
        self.assert_one_finding(self.check("src/engine/a.cpp", "#include <boost/asio.hpp>\n"),
                                "belongs to mock_vendor, monitoring, net, server, sources only")

    def test_finds_headers_that_carry_a_library_into_another_folder(self):
        self.write("src/sources/json.hpp", "#include <simdjson.h>\n")
        include = '#include "sources/json.hpp"\n'
        self.assertEqual(self.check("src/sources/a.cpp", include), [])
        self.assert_one_finding(self.check("src/engine/a.cpp", include),
                                "brings <simdjson.h> into engine")

    def test_finds_test_libraries_outside_tests(self):
        self.assertEqual(self.check("src/base/a_test.cpp", "#include <gtest/gtest.h>\n"), [])
        self.assert_one_finding(self.check("src/base/a.cpp", "#include <gtest/gtest.h>\n"),
                                "belongs to *_test.cpp")

    def test_finds_unknown_folders(self):
        self.assert_one_finding(self.check("src/misc/a.cpp", "\n"), "in no tier")

    def test_finds_cmake_dependencies_against_the_tiers(self):
        self.assert_one_finding(
            self.check("src/intake/CMakeLists.txt", "layer(NAME intake DEPS router base)\n"),
            "intake may not depend on router")


class Docs(ProjectTest):
    def test_accepts_files_anchors_and_addresses(self):
        self.write("docs/a.md", "# The life of a `trade`\n\n## Again\n## Again\n")
        self.write("README.md", "[a](docs/a.md#the-life-of-a-trade) [b](https://example.org/x)\n"
                                "[c](docs/a.md#again-1) ![p](<docs/a.md>)\n")
        self.assertEqual(check_docs.check(self.root), [])

    def test_ignores_code(self):
        self.write("README.md", "`[a](none.md)`\n```\n[b](none.md)\n```\n")
        self.assertEqual(check_docs.check(self.root), [])

    def test_finds_dead_links(self):
        self.write("README.md", "\n[a](docs/none.md)\n")
        self.assert_one_finding(check_docs.check(self.root), "README.md:2: docs/none.md does not")

    def test_finds_dead_anchors(self):
        self.write("README.md", "# Title\n[a](#titel)\n")
        self.assert_one_finding(check_docs.check(self.root), "names no heading")

    def test_finds_links_that_leave_the_project(self):
        self.write("README.md", "[a](../../etc/hosts)\n")
        self.assert_one_finding(check_docs.check(self.root), "leaves the project")

    def test_finds_quotes_that_are_no_more_so(self):
        self.write("examples/a.cpp", "int a();\n")
        self.write("docs/a.md", "```cpp examples/a.cpp\nint a();\n```\n")
        self.assertEqual(check_docs.check(self.root), [])
        self.write("docs/a.md", "x\n```cpp examples/a.cpp\nint b();\n```\n")
        self.assert_one_finding(check_docs.check(self.root), "docs/a.md:2: this is not what")
        self.write("docs/a.md", "```cpp examples/b.cpp\n```\n")
        self.assert_one_finding(check_docs.check(self.root), "examples/b.cpp does not exist")


class Tidy(ProjectTest):
    def check(self, name, text):
        self.write(name, text)
        return check_tidy.check(self.root)

    def test_accepts_clean_files(self):
        self.assertEqual(self.check("src/router/a.cpp", "int random_walk(int today);\n"), [])

    def test_finds_work_put_off(self):
        self.assert_one_finding(self.check("a.cpp", "// TO" "DO later\n"), "a.cpp:1: work put off")

    def test_finds_machine_paths_but_not_their_like(self):
        self.assertEqual(self.check("a.txt", "/network/ ./wor" "k/x a/wor" "k/y\n"), [])
        self.assert_one_finding(self.check("a.txt", "see /wor" "k/here\n"), "a path of one machine")

    def test_finds_package_hosts(self):
        self.assert_one_finding(
            self.check("web/package-lock.json", '{"reso' 'lved": "https://host.example/x.tgz"}\n'),
            "a package host")

    def test_finds_the_wall_clock_in_a_pure_stage_only(self):
        line = "auto now = std::chrono::system_clock::now();\n"
        self.assertEqual(self.check("src/engine/a.cpp", line), [])
        self.assertEqual(self.check("src/intake/a_test.cpp", line + "static_assert(true);\n"), [])
        self.assert_one_finding(self.check("src/intake/a.cpp", line), "pure stage")

    def test_finds_headers_without_guard(self):
        self.assert_one_finding(self.check("src/base/a.hpp", "int a();\n"), "#pragma once")

    def test_finds_tests_that_assert_nothing(self):
        self.assert_one_finding(self.check("src/base/a_test.cpp", "TEST(A, B) { run(); }\n"),
                                "asserts nothing")


class Seeds(ProjectTest):
    HEAD = "| seed | ours | file | test | state |\n|---|---|---|---|---|\n"

    def check(self, row):
        self.write("src/a.cpp", "")
        self.write("src/a_test.cpp", "TEST(A, Works) {}\n")
        self.write("docs/seeds.md", self.HEAD + row + "\n")
        return check_seeds.check(self.root)

    def test_accepts_the_three_states(self):
        for row in ("| x | A | `src/a.cpp` | `A.Works` | covered |",
                    "| x | A | `src/a.cpp` | `a_test.cpp` | covered (as asked) |",
                    "| x | | | | changed (no need) |",
                    "| x | | | | later (Detection) |"):
            self.assertEqual(self.check(row), [], row)

    def test_finds_missing_files_and_tests(self):
        self.assert_one_finding(self.check("| x | A | `src/b.cpp` | `A.Works` | covered |"),
                                "file src/b.cpp does not exist")
        self.assert_one_finding(self.check("| x | A | `src/a.cpp` | `A.Fails` | covered |"),
                                "test A.Fails does not exist")

    def test_finds_unknown_and_unexplained_states(self):
        self.assert_one_finding(self.check("| x | | | | done |"), "is no state")
        self.assert_one_finding(self.check("| x | | | | later |"), "says nothing in brackets")
        self.assert_one_finding(self.check("| x | A | `src/a.cpp` | | covered |"), "no test")

    def test_finds_rows_of_wrong_width_and_empty_tables(self):
        self.assert_one_finding(self.check("| x | later (y) |"), "cells")
        self.assert_one_finding(self.check(""), "no rows")


class Sql(ProjectTest):
    GOOD = "consteval SqlText(const char* literal) : text(literal) {}\n"

    def check(self, name, text, header=GOOD):
        self.write("src/storage/sql_text.hpp", header)
        self.write(name, text)
        return list(check_sql.check(self.root / "src"))

    def test_accepts_literals_prepared_in_their_place_and_tests(self):
        prepare = "code = sqlite3_prepare_v3(database_.get(), sql.text, -1, 0, &statement, nullptr);\n"
        self.assertEqual(self.check("src/storage/sqlite_database.cpp", prepare), [])
        self.assertEqual(self.check("src/storage/a_test.cpp", "sqlite3_exec(db, x);\n"), [])
        prepare = "if (PQsendPrepare(link_.session(), name.c_str(), sql.text, 0, nullptr) == 0) {\n"
        self.assertEqual(self.check("src/storage/postgres_connection.cpp", prepare), [])

    def test_finds_whole_statements_from_text(self):
        for call in ("sqlite3_exec(db, fmt::format(x).c_str())", "sqlite3_mprintf (x)",
                     "sqlite3_prepare_v2(db, x)", "sqlite3_get_table(db, x)", "PQexec(session, x)",
                     "PQsendQueryParams(session, x, 0)"):
            self.assert_one_finding(self.check("src/storage/a.cpp", call + ";\n"), "takes any text")

    def test_finds_statements_prepared_elsewhere_or_from_other_texts(self):
        self.assert_one_finding(self.check("src/storage/a.cpp", "sqlite3_prepare_v3(db, x);\n"), "SqlText only")
        self.assert_one_finding(self.check("src/storage/a.cpp", "PQsendPrepare(s, n, sql.text, 0);\n"), "SqlText only")
        self.write("src/storage/a.cpp", "")
        self.assert_one_finding(self.check("src/storage/sqlite_database.cpp",
                                           "sqlite3_prepare_v3(database_.get(), text.c_str(), -1);\n"),
                                "SqlText only")

    def test_finds_a_type_that_takes_more_than_literals(self):
        self.assert_one_finding(self.check("src/storage/a.cpp", "", "constexpr SqlText(const char* x);\n"),
                                "consteval")


if __name__ == "__main__":
    unittest.main()
