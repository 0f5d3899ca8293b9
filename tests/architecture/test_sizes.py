from statistics import median, quantiles

from tests.architecture.source import functions, length, modules, place

LONGEST_FILE = 400
MEDIAN_FILE = 90
LONGEST_FUNCTION = 50
NINTH_DECILE_FUNCTION = 25
MEDIAN_FUNCTION = 8


def lines(path):
    return len(path.read_text().splitlines())


def test_no_file_is_longer_than_one_sitting():
    assert [
        place(path) for path in modules("idp", "demo", "tests", "bench", "migrations") if lines(path) > LONGEST_FILE
    ] == []


def test_half_of_the_files_fit_on_a_screen_or_two():
    assert median(lines(path) for path in modules("idp")) <= MEDIAN_FILE


def test_no_function_is_longer_than_a_page():
    long = [
        f"{place(path, function)} {function.name} {length(function)}"
        for path in modules("idp", "demo", "bench")
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    ]
    assert long == []


def test_half_of_the_functions_say_one_thing():
    lengths = [length(function) for path in modules("idp") for function in functions(path)]
    assert median(lengths) <= MEDIAN_FUNCTION


def test_nine_functions_of_ten_need_no_scrolling():
    lengths = [length(function) for path in modules("idp") for function in functions(path)]
    assert quantiles(lengths, n=10)[-1] <= NINTH_DECILE_FUNCTION
