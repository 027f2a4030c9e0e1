// Puts the twin's settings, styles and favourites into Neo4j Browser's storage, then opens Browser.
// It keeps what others saved there and never touches connections or passwords.
'use strict'

const read = key => JSON.parse(localStorage.getItem('neo4j.' + key) || 'null')
const write = (key, value) => localStorage.setItem('neo4j.' + key, JSON.stringify(value))
const others = entries => (Array.isArray(entries) ? entries : []).filter(entry => !String(entry.id).startsWith('twin-'))

async function seed() {
  const twin = await (await fetch('seed.json')).json()
  write('settings', { ...read('settings'), ...twin.settings })
  write('documents', [...others(read('documents')), ...twin.documents])
  write('folders', [...others(read('folders')), ...twin.folders])
  write('grass', twin.style)
  location.replace(twin.open)
}

seed().catch(problem => {
  document.getElementById('state').textContent = 'Neo4j Browser could not be prepared: ' + problem.message
})
