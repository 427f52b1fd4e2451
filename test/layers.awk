# layers.awk - what test/layers reads out of the text of .c and .h files; prints file:line: why. The files are named
# from the root of the repository.

function say(line, why)
{
	print FILENAME ":" line ": " why
}

# The line without comments, its texts emptied; a comment may go on from the line before.
function strip(line,    out, found)
{
	out = ""
	while (line != "") {
		if (in_comment) {
			found = index(line, "*/")
			if (!found)
				return out
			line = substr(line, found + 2)
			in_comment = 0
		} else if (match(line, /["']|\/\*|\/\//)) {
			found = substr(line, RSTART, RLENGTH)
			out = out substr(line, 1, RSTART - 1)
			line = substr(line, RSTART + RLENGTH)
			if (found == "//")
				return out
			if (found == "/*") {
				in_comment = 1
				out = out " "
			} else {
				out = out found found
				if (match(line, found == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"))
					line = substr(line, RLENGTH + 1)
				else
					line = ""
			}
		} else {
			return out line
		}
	}
	return out
}

function begins(text, with)
{
	return substr(text, 1, length(with)) == with
}

# common/sys, common/trading, common/alpaca, a daemon, or test.
function room_of(path,    part)
{
	split(path, part, "/")
	return part[1] == "common" ? part[1] "/" part[2] : part[1]
}

function may_include(path)
{
	if (room == "test")
		return begins(path, "common/") || begins(path, "test/") || is_daemon[room_of(path)] && unit_may(path)
	if (begins(path, room "/"))
		return 1
	if (room == "common/sys")
		return 0
	if (room == "common/trading" || room == "common/alpaca")
		return begins(path, "common/sys/")
	return begins(path, "common/")
}

# A unit test of one daemon knows that daemon only.
function unit_may(path,    part)
{
	split(FILENAME, part, "/")
	return part[2] != "unit" || part[3] == room_of(path)
}

function library_may(name)
{
	if (room == "test")
		return 1
	if (FILENAME ~ /^common\/sys\/daemon_[^\/]*\.c$/)
		return 1 # --version and the metrics name the libraries in use
	if (name ~ /^(libpq-fe|libpq-events|postgres_ext)\.h$|^postgresql\//)
		return FILENAME ~ /^common\/sys\/pg[^\/]*$/ || base ~ /^db|_db\.[ch]$/
	if (name ~ /^curl\//)
		return FILENAME ~ /^common\/sys\/http[^\/]*$/
	if (name ~ /^openssl\//)
		return FILENAME == "common/sys/digest.c" || FILENAME ~ /^common\/sys\/ws_[^\/]*$/ || \
		       FILENAME ~ /^apid\/(auth|token|cert)[^\/]*$/
	return 1
}

function check_include(line,    name)
{
	name = line
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
	if (name ~ /^"/) {
		sub(/^"/, "", name)
		sub(/".*/, "", name)
		if (name !~ /\// || name ~ /\.\.?\//)
			say(FNR, "\"" name "\" is not named from the root")
		else if (!may_include(name))
			say(FNR, room " does not include " name)
	} else {
		sub(/^[^<]*</, "", name)
		sub(/>.*/, "", name)
		if (is_daemon[room_of(name)] || name ~ /^common\//)
			say(FNR, "our own headers stand in quotes: " name)
		else if (!library_may(name))
			say(FNR, "<" name "> has no place in this file")
	}
}

function check_word(word, call,    part, count)
{
	if (word in inexact && room != "test" && FILENAME !~ /^common\/trading\/indicator[^\/]*$/)
		say(FNR, word ": no binary floating point outside common/trading/indicator*")
	if (call && word in banned)
		say(FNR, word "() is banned")
	if (room == "test")
		return
	count = split(tolower(word), part, "_")
	for (i = 1; i <= count; i++) {
		if (part[i] == "manager" || part[i] == "helper" || part[i] == "util" || part[i] == "utils")
			say(FNR, word ": " part[i] " is a word we do not use")
	}
	# common/sys knows the Unix process, a noun; libcurl names its own functions.
	if (call && part[1] != "curl" && (part[1] == "handle" || part[1] == "do" && count > 1 || part[count] == "handle" ||
		    part[count] == "process" || part[1] == "process" && room != "common/sys"))
		say(FNR, word ": say what it does, not handle, process or do")
}

function check_words(line,    rest, word)
{
	rest = line
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		check_word(word, rest ~ /^[ \t]*\(/)
	}
	if (line ~ /(^|[^A-Za-z0-9_])time\((NULL|0)\)/)
		say(FNR, "time(NULL): a clock is handed in")
}

function end_file()
{
	if (!last_file)
		return
	if (last_line > 600)
		print last_file ":" last_line ": more than 600 lines"
	if (last_file ~ /\.h$/ && !has_pragma)
		print last_file ":1: no #pragma once"
}

BEGIN {
	split("ingestd evald tradectl apid", list, " ")
	for (i in list)
		is_daemon[list[i]] = 1
	split("strcpy strcat stpcpy sprintf vsprintf atoi atol atoll atof strtok strtok_r gets system popen", list, " ")
	for (i in list)
		banned[list[i]] = 1
	split("double float valuedouble strtod strtof strtold atof cJSON_GetNumberValue cJSON_SetNumberValue", list, " ")
	for (i in list)
		inexact[list[i]] = 1
}

FNR == 1 {
	end_file()
	last_file = FILENAME
	room = room_of(FILENAME)
	base = FILENAME
	sub(/.*\//, "", base)
	in_comment = has_pragma = body = 0
}

/^#pragma once$/ { has_pragma = 1 }
/TODO|FIXME/ { say(FNR, "finish it or file an issue") }

{
	last_line = FNR
	was_comment = in_comment
	code = strip($0)
	if (!was_comment && code ~ /^[ \t]*#[ \t]*include/) {
		check_include($0)
		next
	}
	check_words(code)
	if (code == "{")
		body = FNR
	if (code == "}" && body) {
		if (FNR - body - 1 > 60)
			say(body, "a function of " (FNR - body - 1) " lines; 60 are the most")
		body = 0
	}
}

END { end_file() }
