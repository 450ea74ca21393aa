@echo off
rem Starts the command line of allowflux from an unpacked archive, on Windows. JAVA_HOME goes before PATH.
rem No block in parentheses holds a path, since the path of a folder may hold one. The last command is
rem the program, whose exit code is that of this script.
setlocal EnableExtensions DisableDelayedExpansion
set "jar=%~dp0..\lib\allowflux.jar"
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if not exist "%jar%" goto incomplete
if not defined JAVA_HOME goto start
if exist "%java%" goto start

echo allowflux: JAVA_HOME is "%JAVA_HOME%", which has no bin\java.exe 1>&2
exit /b 1

:incomplete
echo allowflux: there is no "%jar%": unpack the whole archive 1>&2
exit /b 1

:start
"%java%" -Xshare:auto -Xlog:disable -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -jar "%jar%" %*
